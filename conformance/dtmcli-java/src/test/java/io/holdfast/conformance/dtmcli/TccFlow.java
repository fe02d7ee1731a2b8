package io.holdfast.conformance.dtmcli;

import io.holdfast.api.Operation;
import pub.dtm.client.interfaces.dtm.DtmConsumer;
import pub.dtm.client.tcc.Tcc;

/** What a service does inside of a global TCC: it calls one branch after the other. */
final class TccFlow {

    private TccFlow() {
    }

    static DtmConsumer<Tcc> of(Participants participants, Transfer... transfers) {
        return tcc -> {
            for (Transfer transfer : transfers) {
                tcc.callBranch(transfer, participants.url(Operation.TRY), participants.url(Operation.CONFIRM),
                        participants.url(Operation.CANCEL)).close();
            }
        };
    }
}
