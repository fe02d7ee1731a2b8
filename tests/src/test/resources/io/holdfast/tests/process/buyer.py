"""Buys and gives up a pack of tea, by a client that was generated from the server's OpenAPI document."""
import sys
import urllib.request

import holdfast_client as holdfast

coordinator, shop = sys.argv[1:]


def hold(api, key):
    """Begins a transaction with one branch and tries it."""
    gid = api.new_gids().gids[0]
    branch = holdfast.Branch(branch_id="stock", confirm=shop + "/confirm", cancel=shop + "/cancel", payload={"tea": 1})
    begun = api.begin(holdfast.BeginRequest(gid=gid, business_key=key, labels={"shop": "tea"}, branches=[branch]))
    assert begun.gid == gid and begun.state == "TRYING" and begun.changed, begun
    again = api.begin(holdfast.BeginRequest(business_key=key))
    assert again.gid == gid and not again.changed, again
    with urllib.request.urlopen(f"{shop}/try?gid={gid}&branch_id=stock&op=try") as answer:
        assert answer.status == 200
    return gid


with holdfast.ApiClient(holdfast.Configuration(host=coordinator)) as client:
    api = holdfast.TransactionsApi(client)

    bought = hold(api, "order-1")
    decided = api.decide(bought, holdfast.DecisionRequest(decision="confirm", try_results={"stock": {"hold": 7}}))
    assert decided.decision == "confirm", decided
    assert api.wait_for_end(bought, timeout_millis=20000).state == "CONFIRMED"

    given_up = hold(api, "order-2")
    api.decide(given_up, holdfast.DecisionRequest(decision="cancel", reason="changed my mind"))
    assert api.wait_for_end(given_up).state == "CANCELLED"
    shown = api.get_transaction(given_up)
    assert shown.reason == "changed my mind" and shown.held == [] and shown.branches[0].state_text == "cancelled", shown

    # A decision never changes, and the error is typed.
    try:
        api.decide(given_up, holdfast.DecisionRequest(decision="confirm"))
        raise AssertionError("the other decision was taken")
    except holdfast.ApiException as refused:
        error = holdfast.Error.from_json(refused.body)
        assert refused.status == 409 and error.code == "decision_conflict", error
        assert error.transaction.state == "CANCELLED", error

    found = holdfast.OperatorApi(client).list_transactions(mode="tcc", needs_attention=False)
    assert sorted(one.gid for one in found.transactions) == sorted([bought, given_up]), found
    print("bought", bought, "gave up", given_up)
