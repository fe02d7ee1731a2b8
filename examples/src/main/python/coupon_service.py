"""The coupon service of the demo once more, as a participant without any Java: Python and psycopg2, nothing else.

It does what the coupon service in Java does, at the same addresses and in the same tables, so that one may stand in for the
other. The fence is that of docs/participants.md, and its table the one that Java uses. Prints "listening PORT" when it is
ready. What has to do with faults is there for the demo alone.
"""
import argparse
import http.server
import json
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
import urllib.parse

import psycopg2

import faults

CREATE_FENCE = """
create table if not exists holdfast_fence (
  gid varchar(128) not null,
  branch_id varchar(128) not null,
  state varchar(16) not null,
  met integer not null,
  changed_at_millis bigint not null,
  primary key (gid, branch_id)
);
create index if not exists holdfast_fence_by_age on holdfast_fence (state, changed_at_millis);
"""

# (operation, state found): the result, and the state to write if it is another one. Whatever is missing is a CONFLICT.
FENCE = {
    ("try", None): ("RAN", "tried"),
    ("try", "tried"): ("ALREADY_DONE", None),
    ("try", "confirmed"): ("ALREADY_DONE", None),
    ("try", "cancelled"): ("REFUSED", None),
    ("try", "never_tried"): ("REFUSED", None),
    ("confirm", None): ("NOT_TRIED", None),
    ("confirm", "tried"): ("RAN", "confirmed"),
    ("confirm", "confirmed"): ("ALREADY_DONE", None),
    ("cancel", None): ("EMPTY", "never_tried"),
    ("cancel", "tried"): ("RAN", "cancelled"),
    ("cancel", "cancelled"): ("ALREADY_DONE", None),
    ("cancel", "never_tried"): ("EMPTY", None),
    ("action", None): ("RAN", "acted"),
    ("action", "acted"): ("ALREADY_DONE", None),
    ("action", "compensated"): ("REFUSED", None),
    ("action", "never_acted"): ("REFUSED", None),
    ("compensate", None): ("EMPTY", "never_acted"),
    ("compensate", "acted"): ("RAN", "compensated"),
    ("compensate", "compensated"): ("ALREADY_DONE", None),
    ("compensate", "never_acted"): ("EMPTY", None),
}


def enter(cursor, gid, branch_id, op):
    """Decides one call, in the open transaction of the cursor. Only after RAN may the business run; commit before you answer."""
    opening, now_millis = FENCE[op, None][1], time.time_ns() // 1_000_000
    if opening:
        cursor.execute(
            "insert into holdfast_fence as f (gid, branch_id, state, met, changed_at_millis) values (%s, %s, %s, 0, %s)"
            " on conflict (gid, branch_id) do update set met = f.met + 1 returning met, state",
            (gid, branch_id, opening, now_millis))
        met, state = cursor.fetchone()
        found = state if met else None
    else:
        cursor.execute("select state from holdfast_fence where gid = %s and branch_id = %s for update", (gid, branch_id))
        row = cursor.fetchone()
        found = row[0] if row else None
    result, after = FENCE.get((op, found), ("CONFLICT", None))
    if found and after:
        cursor.execute("update holdfast_fence set state = %s, changed_at_millis = %s where gid = %s and branch_id = %s",
                       (after, now_millis, gid, branch_id))
    return result


class Rejected(Exception):
    """The business says no. The transaction is rolled back, and with it the row of the fence."""


# address: the operation, the state of the coupon before it and after it
ROUTES = {
    "/tcc/try": ("try", "UNUSED", "LOCKED"),
    "/tcc/confirm": ("confirm", "LOCKED", "USED"),
    "/tcc/cancel": ("cancel", "LOCKED", "UNUSED"),
    "/saga/use": ("action", "UNUSED", "USED"),
    "/saga/release": ("compensate", "USED", "UNUSED"),
}
MODES = {"try": "tcc", "confirm": "tcc", "cancel": "tcc", "action": "saga", "compensate": "saga"}
ANSWERS = {
    "RAN": (200, "SUCCESS", "done"),
    "ALREADY_DONE": (200, "SUCCESS", "already done"),
    "EMPTY": (200, "SUCCESS", "nothing to undo"),
    "REFUSED": (409, "FAILURE", "refused_after_cancel"),
    "NOT_TRIED": (500, None, "confirm without a try"),
    "CONFLICT": (500, None, "decided the other way before"),
}
MAX_ID_CHARS = 128
MAX_BODY_BYTES = 1 << 20
CONNECTIONS = 12


def move_coupon(cursor, call):
    """The business: plain code, without a thought for retries or races."""
    op, before, after = ROUTES[call["path"]]
    if before == "UNUSED":
        cursor.execute("update coupon.coupon set state = %s, gid = %s where coupon_id = %s and user_id = %s and state = 'UNUSED'",
                       (after, call["gid"], call["coupon_id"], call["user_id"]))
        if cursor.rowcount == 0:
            raise Rejected("coupon_not_usable")
    else:
        cursor.execute("update coupon.coupon set state = %s, gid = %s where coupon_id = %s and gid = %s and state = %s",
                       (after, call["gid"] if after == "USED" else None, call["coupon_id"], call["gid"], before))
        if cursor.rowcount == 0:
            raise RuntimeError("the coupon is not " + before + " by this transaction")
    cursor.execute("insert into coupon.effect_log (gid, branch_id, op, engine, coupon_id, applied_at)"
                   " values (%s, %s, %s, %s, %s, now())",
                   (call["gid"], call["branch_id"], op.upper(), MODES[op], call["coupon_id"]))


class Coupons:
    """Runs the business behind the fence, each call in one database transaction. Thread-safe."""

    def __init__(self, dsn):
        self.dsn = dsn
        self.idle = queue.LifoQueue()
        for _ in range(CONNECTIONS):
            self.idle.put(None)
        connection = psycopg2.connect(dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(CREATE_FENCE)
        connection.close()

    def deliver(self, call):
        """Returns status, word and message. Whatever fails is rolled back and unknown to the caller, who asks again."""
        connection = self.idle.get()
        try:
            if connection is None or connection.closed:
                connection = psycopg2.connect(self.dsn)
            try:
                with connection, connection.cursor() as cursor:  # commits, or rolls back what raises
                    result = enter(cursor, call["gid"], call["branch_id"], call["op"])
                    if result == "RAN" and call["coupon_id"] is not None:
                        move_coupon(cursor, call)
                return ANSWERS[result]
            except Rejected as no:
                return 409, "FAILURE", str(no)
        except (psycopg2.Error, RuntimeError) as error:
            # Not in the body, which callers search for words: an error of the database may quote an id.
            print(call["path"], call["gid"], call["branch_id"], " ".join(str(error).split()), file=sys.stderr, flush=True)
            return 500, None, "not done; the service's own log says why"
        finally:
            self.idle.put(connection)


def read_call(path, query, body):
    """What is asked for; ValueError says what is wrong with it and what is allowed."""
    parameters = urllib.parse.parse_qs(query, keep_blank_values=True, errors="strict")
    call = {"path": path, "op": ROUTES[path][0]}
    for name in ("gid", "branch_id", "op", "trans_type"):
        values = parameters.get(name, [])
        if len(values) != 1 or not values[0]:
            raise ValueError(f"query parameter {name} is missing or comes twice; allowed: once")
        call[name] = values[0]
    for name in ("gid", "branch_id"):
        if len(call[name]) > MAX_ID_CHARS or call[name] != call[name].strip() or not call[name].isprintable():
            raise ValueError(f"{name} is malformed; allowed: 1 to {MAX_ID_CHARS} printable characters, no space at either end")
    expected = ROUTES[path][0]
    if call["op"] != expected or call["trans_type"] != MODES[expected]:
        raise ValueError(f"op or trans_type does not belong to {path}; allowed: {expected}, {MODES[expected]}")
    ticket = json.loads(body)
    if not isinstance(ticket, dict):
        raise ValueError("the body is not an object; allowed: an object with userId and couponId")
    call["user_id"], call["coupon_id"] = ticket.get("userId"), ticket.get("couponId")
    if call["coupon_id"] is not None and (not isinstance(call["coupon_id"], str) or not isinstance(call["user_id"], (int, str))):
        raise ValueError("couponId or userId is malformed; allowed: a string or null, and a number")
    return call


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for headers and body
    disable_nagle_algorithm = True
    coupons = None
    faults = None

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            return self.answer(411, None, f"Content-Length is missing or malformed; allowed: up to {MAX_BODY_BYTES}")
        body = self.rfile.read(int(length))
        path, _, query = self.path.partition("?")
        if path not in ROUTES:
            return self.answer(404, None, "unknown address; allowed: " + ", ".join(ROUTES))
        try:
            call = read_call(path, query, body)
        except (ValueError, RecursionError) as error:
            return self.answer(400, None, str(error))
        if self.faults is None:
            return self.answer(*self.coupons.deliver(call))
        answer = self.faults.deliver(call, self.caller_is_gone, lambda: self.coupons.deliver(call))
        return self.cut() if answer is faults.CUT else self.answer(*answer)

    def do_GET(self):
        if self.path == "/faults":  # how often which fault was injected
            return self.send(200, self.faults.report() if self.faults else {})
        if self.path == "/under-way":
            return self.send(200, {"calls": self.faults.under_way() if self.faults else 0})
        return self.answer(404, None, "unknown address; allowed: POST to " + ", ".join(ROUTES))

    def caller_is_gone(self):
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def cut(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, status, word, message):
        self.send(status, {"dtm_result": word, "message": message} if word else {"message": message})

    def send(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        """Thousands of lines that nobody reads."""


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A caller that hangs up, which is no error here."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def end_with(parent):
    """Ends this process as soon as another one has ended, however that went."""
    try:
        descriptor = os.pidfd_open(parent)
        select.select([descriptor], [], [])
    except OSError as error:
        if not isinstance(error, ProcessLookupError):  # an old kernel
            while os.path.exists(f"/proc/{parent}"):
                time.sleep(0.2)
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description="The coupon service of the demo, in Python.")
    parser.add_argument("--dsn", "--jdbc-url", required=True, help="the service's own database, as libpq or JDBC writes it")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--parent", type=int, help="process id; the service ends when that process has ended")
    parser.add_argument("--faults", choices=("on", "off"), default="off", help="the faults of the demo")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    parser.add_argument("--planned-orders", type=int, default=1, help="how many orders the run will place")
    parser.add_argument("--plant", help="a mistake of another service; nothing is done about it here")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if options.parent is not None:
        threading.Thread(target=end_with, args=(options.parent,), daemon=True).start()
    try:
        if options.faults == "on":
            Handler.faults = faults.FaultInjector(faults.FaultPlan(options.seed, options.planned_orders))
        Handler.coupons = Coupons(options.dsn.removeprefix("jdbc:"))
        server = Server(("127.0.0.1", options.port), Handler)
    except (psycopg2.Error, OSError) as error:
        sys.exit(f"coupon-service: cannot start: {' '.join(str(error).split())}")
    print("listening", server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
