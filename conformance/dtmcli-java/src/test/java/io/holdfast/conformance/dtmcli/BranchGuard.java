package io.holdfast.conformance.dtmcli;

import io.holdfast.api.Operation;
import java.sql.Connection;
import java.sql.SQLException;

/** What stands between the calls of a coordinator and the business: a fence or a barrier. */
@FunctionalInterface
interface BranchGuard {

    /** What to answer. */
    record Answer(int status, String body) {}

    /** What is guarded. */
    interface Business {
        void run(Connection connection, Operation operation) throws SQLException, Accounts.RejectedException;
    }

    /** Runs the business at most once for the branch and operation that the query names, and commits. */
    Answer call(String rawQuery, Business business) throws Exception;
}
