package io.holdfast.examples.participant;

import io.holdfast.api.Operation;
import java.util.List;
import java.util.Locale;

/** The participants of the mall: which branch of an order each of them is, and where it is called. */
public enum MallService {
    /** Keeps the orders. */
    ORDER("01", "/saga/create", "/saga/revoke"),
    /** Keeps the goods. */
    STOCK("02", "/saga/take", "/saga/put-back"),
    /** Keeps the money. */
    PAY("03", "/saga/debit", "/saga/refund"),
    /** Keeps the coupons; part of an order only if it uses one. */
    COUPON("04", "/saga/use", "/saga/release");

    /** Where Try, Confirm and Cancel of every participant are called. */
    public static final String TRY = "/tcc/try";
    public static final String CONFIRM = "/tcc/confirm";
    public static final String CANCEL = "/tcc/cancel";

    private final String branchId;
    private final String action;
    private final String compensation;

    MallService(String branchId, String action, String compensation) {
        this.branchId = branchId;
        this.action = action;
        this.compensation = compensation;
    }

    /** The branch of a TCC order that this service does. */
    public String branchId() {
        return branchId;
    }

    /** Where its step of a Saga is called. */
    public String action() {
        return action;
    }

    /** Where that step is taken back. */
    public String compensation() {
        return compensation;
    }

    /** The name in options, log files and the report, for example {@code stock}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The addresses of this service, with what each of them does. */
    public List<Route> routes(LocalEffect tried, LocalEffect confirmed, LocalEffect cancelled, LocalEffect acted,
            LocalEffect compensated) {
        return List.of(new Route(TRY, Operation.TRY, tried), new Route(CONFIRM, Operation.CONFIRM, confirmed),
                new Route(CANCEL, Operation.CANCEL, cancelled), new Route(action, Operation.ACTION, acted),
                new Route(compensation, Operation.COMPENSATE, compensated));
    }
}
