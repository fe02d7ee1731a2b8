package io.holdfast.server.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MembersCommandsTest {

    private static final String MEMBERS = "\"members\":[{\"id\":\"n1\",\"log\":\"10.0.0.1:1\",\"api\":\"http://10.0.0.1:80\"},"
            + "{\"id\":\"n2\",\"log\":\"10.0.0.2:1\",\"api\":\"http://10.0.0.2:80\"}]";

    private final StubServer server = new StubServer();
    private String out = "";
    private String err = "";

    MembersCommandsTest() throws IOException {
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... arguments) {
        StringWriter written = new StringWriter();
        StringWriter complained = new StringWriter();
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--server";
        all[arguments.length + 1] = server.url();
        int code = new CommandLine(new MembersCommands()).setOut(new PrintWriter(written))
                .setErr(new PrintWriter(complained)).setExecutionExceptionHandler((error, command, parsed) -> {
                    command.getErr().println(error.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                }).execute(all);
        out = written.toString();
        err = complained.toString();
        return code;
    }

    @Test
    void listShowsWhoLeads() {
        server.answers("GET", "/api/v1/cluster", 200,
                "{\"node\":\"n1\",\"standing\":\"member\",\"leader\":\"n2\",\"term\":7," + MEMBERS + "}");
        assertThat(run("list")).as(err).isZero();
        assertThat(out.lines().toList()).satisfiesExactly(
                heading -> assertThat(heading).startsWith("ID"),
                first -> assertThat(first).startsWith("n1").doesNotContain("leads"),
                second -> assertThat(second).startsWith("n2").contains("10.0.0.2:1", "http://10.0.0.2:80", "leads"),
                asked -> assertThat(asked).isEqualTo("Asked: n1 (member), term 7"));
    }

    @Test
    void addAndRemoveSayWhatToConfigure() {
        server.answers("POST", "/api/v1/cluster/members", 200, "{" + MEMBERS + "}");
        assertThat(run("add", "n2", "10.0.0.2:1", "http://10.0.0.2:80")).as(err).isZero();
        assertThat(out).contains("n2 is a member.", "    - n2 10.0.0.2:1 http://10.0.0.2:80");
        server.answers("DELETE", "/api/v1/cluster/members/n3", 200, "{" + MEMBERS + "}");
        assertThat(run("remove", "n3")).as(err).isZero();
        assertThat(out).contains("n3 is no member any more.", "    - n1 10.0.0.1:1 http://10.0.0.1:80");
    }

    @Test
    void whatWasRefusedSaysWhyAndWhatIsUnknownSaysSo() {
        server.answers("DELETE", "/api/v1/cluster/members/n3", 409,
                "{\"code\":\"no_majority\",\"message\":\"without n3 there is none\"}");
        assertThat(run("remove", "n3")).isOne();
        assertThat(err).contains("without n3 there is none").doesNotContain("may have been");
        server.hangsUp("DELETE", "/api/v1/cluster/members/n2");
        assertThat(run("remove", "n2")).isOne();
        assertThat(err).contains("may have been made", "members list --server " + server.url());
    }
}
