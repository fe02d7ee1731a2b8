package io.holdfast.engine.codec;

import io.holdfast.core.BranchSpec;
import io.holdfast.core.Command;
import org.jspecify.annotations.Nullable;

/**
 * Refuses text that UTF-8 cannot carry. Half of a surrogate pair would be read back from the log as a question mark, and the
 * state after a restart would differ from the state before it.
 */
public final class WellFormed {

    private WellFormed() {
    }

    /** The first malformed text that {@code command} carries from outside, by field name; null if all is well. */
    static @Nullable String problem(Command command) {
        return switch (command) {
            case Command.Begin begin -> begin(begin);
            case Command.Register register -> register(register);
            case Command.Decide decide -> decide(decide);
            case Command.Answered answered -> first("gid", answered.gid(), "detail", answered.detail());
            case Command.AttemptFailed failed -> first("gid", failed.gid(), "detail", failed.detail());
            case Command.ErrorNoted noted -> first("gid", noted.gid(), "detail", noted.detail());
            case Command.AttentionNeeded needed -> first("gid", needed.gid(), "reason", needed.reason());
            case Command.Heartbeat beat -> heartbeat(beat);
            case Command.Operate operate ->
                first("gid", operate.gid(), "reason", operate.reason(), "actor", operate.actor());
            case Command.Boot boot -> null;
            case Command.Activate activate -> null;
        };
    }

    private static @Nullable String begin(Command.Begin begin) {
        var attributes = begin.attributes();
        String problem = first("gid", begin.gid(), "businessKey", attributes.businessKey(), "customData",
                attributes.customData(), "traceparent", attributes.traceparent(), "wire", attributes.wire());
        for (int i = 0; problem == null && i < attributes.headers().size(); i++) {
            var header = attributes.headers().get(i);
            problem = first("header name", header.name(), "header value", header.value());
        }
        for (int i = 0; problem == null && i < attributes.labels().size(); i++) {
            var label = attributes.labels().get(i);
            problem = first("label name", label.name(), "label value", label.value());
        }
        for (int i = 0; problem == null && i < begin.branches().size(); i++) {
            problem = branch(begin.branches().get(i));
        }
        return problem;
    }

    private static @Nullable String heartbeat(Command.Heartbeat beat) {
        String problem = null;
        for (int i = 0; problem == null && i < beat.gids().size(); i++) {
            problem = first("gid", beat.gids().get(i));
        }
        return problem;
    }

    private static @Nullable String register(Command.Register register) {
        String problem = first("gid", register.gid());
        for (int i = 0; problem == null && i < register.branches().size(); i++) {
            problem = branch(register.branches().get(i));
        }
        return problem;
    }

    private static @Nullable String decide(Command.Decide decide) {
        String problem = first("gid", decide.gid(), "reason", decide.reason());
        for (int i = 0; problem == null && i < decide.tryResults().size(); i++) {
            problem = first("branch id", decide.tryResults().get(i).branchId());
        }
        return problem;
    }

    private static @Nullable String branch(BranchSpec spec) {
        return first("branch id", spec.branchId(), "forward URL", spec.forwardUrl(), "backward URL",
                spec.backwardUrl());
    }

    private static @Nullable String first(String... namesAndTexts) {
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            if (!isWellFormed(namesAndTexts[i + 1])) {
                return namesAndTexts[i];
            }
        }
        return null;
    }

    /** {@code text} from outside with every half of a surrogate pair replaced by U+FFFD, so that it can be logged. */
    public static String repaired(String text) {
        if (isWellFormed(text)) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text.length());
        text.codePoints().forEach(c -> repaired.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return repaired.toString();
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
