package io.holdfast.fence;

import io.holdfast.testkit.fence.FenceVectors.Call;
import io.holdfast.testkit.fence.FenceVectors.Stock;

/** One article behind a fence of some kind. Calls may come at once. */
interface Shop {

    /** What became of a call, and the HTTP status that it is answered with. */
    record Answer(String result, int status) {}

    /** Puts so much in stock. */
    void fill(Stock stock) throws Exception;

    /** Delivers a call of a transaction; again, where the database asks for it. */
    Answer deliver(String gid, Call call) throws Exception;

    Stock stock() throws Exception;

    /** How often any business took effect since {@link #fill}, counted beside the stock. */
    int effects() throws Exception;
}
