package io.holdfast.server.data;

import io.holdfast.wire.log.v1.Answered;
import io.holdfast.wire.log.v1.Begin;
import io.holdfast.wire.log.v1.BranchSpec;
import io.holdfast.wire.log.v1.Decide;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.Operate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A command in words, without the bodies that it carries. */
final class CommandText {

    private CommandText() {
    }

    /** Whether it is about this transaction, or about several of which this is one. */
    static boolean isAbout(LogCommand command, String gid) {
        return gid.equals(gid(command)) || command.getHeartbeat().getGidsList().contains(gid);
    }

    /** Which transaction it is about; empty for none and for several. */
    static String gid(LogCommand command) {
        return switch (command.getCommandCase()) {
            case BEGIN -> command.getBegin().getGid();
            case REGISTER -> command.getRegister().getGid();
            case DECIDE -> command.getDecide().getGid();
            case ANSWERED -> command.getAnswered().getGid();
            case ATTEMPT_FAILED -> command.getAttemptFailed().getGid();
            case ERROR_NOTED -> command.getErrorNoted().getGid();
            case ATTENTION_NEEDED -> command.getAttentionNeeded().getGid();
            case OPERATE -> command.getOperate().getGid();
            case HEARTBEAT, BOOT, ACTIVATE, COMMAND_NOT_SET -> "";
        };
    }

    static String of(LogCommand command) {
        return switch (command.getCommandCase()) {
            case BEGIN -> begin(command.getBegin());
            case REGISTER -> "register " + branches(command.getRegister().getBranchesList());
            case DECIDE -> decide(command.getDecide());
            case ANSWERED -> answered(command.getAnswered());
            case ATTEMPT_FAILED -> "attempt failed: branch " + command.getAttemptFailed().getBranchIndex()
                    + because(command.getAttemptFailed().getDetail());
            case ERROR_NOTED -> "error noted: " + word(command.getErrorNoted().getOperation()) + " of branch "
                    + command.getErrorNoted().getBranchIndex() + because(command.getErrorNoted().getDetail());
            case ATTENTION_NEEDED -> "attention needed" + because(command.getAttentionNeeded().getReason());
            case OPERATE -> operate(command.getOperate());
            case HEARTBEAT -> "heartbeat of " + String.join(", ", command.getHeartbeat().getGidsList());
            case BOOT -> "boot " + command.getBoot().getBootNumber();
            case ACTIVATE -> "activate version " + command.getActivate().getVersion();
            case COMMAND_NOT_SET -> "a command that this build does not know: a newer one wrote it";
        };
    }

    private static String begin(Begin begin) {
        return "begin " + word(begin.getMode()).toUpperCase(Locale.ROOT)
                + (begin.getDeadlineMillis() == 0 ? "" : ", deadline " + begin.getDeadlineMillis() + " ms")
                + (begin.getAttributes().getBusinessKey().isEmpty()
                        ? ""
                        : ", business key " + begin.getAttributes().getBusinessKey())
                + (begin.getBranchesCount() == 0 ? "" : ", " + branches(begin.getBranchesList()));
    }

    private static String branches(List<BranchSpec> branches) {
        return branches.stream().map(branch -> "branch " + branch.getBranchId() + " (forward " + url(branch
                .getForwardUrl()) + ", backward " + url(branch.getBackwardUrl()) + ", payload "
                + branch.getPayload().size() + " bytes)").collect(Collectors.joining(", "));
    }

    private static String url(String url) {
        return url.isEmpty() ? "none" : url;
    }

    private static String decide(Decide decide) {
        return "decide " + word(decide.getDecision()) + because(decide.getReason()) + decide.getTryResultsList()
                .stream()
                .map(result -> ", Try result of " + result.getBranchId() + " " + result.getPayload().size() + " bytes")
                .collect(Collectors.joining());
    }

    private static String answered(Answered answered) {
        String answer = answered.getSuccess() ? answered.getAlreadyDone() ? "already done" : "done" : "failed";
        return word(answered.getOperation()) + " of branch " + answered.getBranchIndex() + ": " + answer
                + because(answered.getDetail());
    }

    private static String operate(Operate operate) {
        return "operator " + operate.getActor() + ": " + word(operate.getAction()) + because(operate.getReason());
    }

    private static String because(String why) {
        return why.isEmpty() ? "" : ": " + why;
    }

    /** What follows the name of its type, which generated constants begin with. */
    private static String word(Enum<?> constant) {
        return constant.name().substring(constant.name().lastIndexOf('_') + 1).toLowerCase(Locale.ROOT);
    }

    /** One line, whatever others have put into it, and nothing that a terminal would obey. */
    static String printable(String text) {
        StringBuilder to = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\\') {
                to.append("\\\\");
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028
                    || c == 0x2029) {
                to.append(String.format("\\u%04x", c));
            } else {
                to.appendCodePoint(c);
            }
        });
        return to.toString();
    }
}
