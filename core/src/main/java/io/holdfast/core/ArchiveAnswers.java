package io.holdfast.core;

/**
 * What the core would have answered if the transaction had not left it: a finished transaction never changes, so whoever finds
 * it in the archive can say so without the core.
 */
public final class ArchiveAnswers {

    private ArchiveAnswers() {
    }

    /** The answer to {@code command} about a transaction that has finished. */
    public static Reply to(Command command, Transaction finished) {
        Check.that(finished.state().isFinished(), "the archive holds unfinished %s", finished.gid());
        return switch (command) {
            case Command.Begin begin -> CallerCommands.begunBefore(finished, begin);
            case Command.Register register -> CallerCommands.tooLateToRegister(finished);
            case Command.Decide decide -> CallerCommands.decidedBefore(finished, decide);
            case Command.Operate operate -> OperatorCommands.finished(finished);
            case Command.Answered answered -> new Reply.Done(finished, false);
            case Command.AttemptFailed failed -> new Reply.Done(finished, false);
            case Command.ErrorNoted noted -> new Reply.Done(finished, false);
            case Command.AttentionNeeded needed -> new Reply.Done(finished, false);
            case Command.Heartbeat beat -> throw new IllegalArgumentException("it is about many transactions");
            case Command.Boot boot -> throw new IllegalArgumentException("a boot is about no transaction");
            case Command.Activate activate -> throw new IllegalArgumentException("it is about no transaction");
        };
    }
}
