package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.Operation;
import io.holdfast.components.PostgresServer;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.testkit.component.MariaDbServer;
import io.holdfast.testkit.component.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole demo with real processes and PostgreSQL; only the coordinator is a stand-in. */
class DemoIT {
    private static final long SEED = 20_261_122;

    @TempDir
    private Path reports;

    @Test
    void aRunUnderFaultsAndKillsKeepsItsPromises() throws Exception {
        JsonNode report = run(12, 20, 2, Components.EMBEDDED, PlantedBug.NONE);

        assertThat(report.path("details").path("failures")).as("%s", report).isEmpty();
        assertThat(report.path("verdict").asText()).isEqualTo("ok");
        assertThat(report.path("orders").path("placed").asInt()).isEqualTo(240);
        assertThat(report.path("orders").path("confirmed").asInt()).isGreaterThan(80);
        assertThat(report.path("coordinator").path("kills").asInt()).isEqualTo(2);
        assertThat(report.path("details").path("gatewayKills").asInt()).isEqualTo(1);
        for (String service : List.of("order", "stock", "pay")) {
            assertThat(report.path("details").path("effects").path(service)).as("%s", report)
                    .hasSize(Operation.values().length);
        }
        assertThat(report.path("details").path("effects").path("coupon").path("CONFIRM").asInt()).isPositive();
    }

    @Test
    void otherDatabasesAndAParticipantInAnotherLanguageKeepThePromisesToo() throws Exception {
        MariaDbServer.require();
        RedisServer.require();
        io.holdfast.testkit.component.Components.require(PostgresServer.programs());
        io.holdfast.testkit.component.Components.python("psycopg2");

        JsonNode report = run(5, 20, 0, Components.REAL, PlantedBug.NONE);

        assertThat(report.path("details").path("failures")).as("%s", report).isEmpty();
        assertThat(report.path("orders").path("confirmed").asInt()).isGreaterThan(30);
        assertThat(report.path("details").path("effects").path("coupon").path("CONFIRM").asInt()).isPositive();
    }

    /** {@link DemoProgramIT} has one in every build; all take a while: {@code -Dholdfast.plants=all}. */
    @EnabledIfSystemProperty(named = "holdfast.plants", matches = "all")
    @ParameterizedTest
    @CsvSource({"DOUBLE_CONFIRM,doubleEffects", "WRONG_REFUND,mischargedCent", "NO_FENCE,duplicated",
            "NO_FENCE_CANCEL,frozenLeftCent",
            "CANCEL_TRIES_AGAIN,frozenLeftCent", "LOST_UPDATE,ledgerDriftCent", "ORDER_WITHOUT_FENCE,duplicated",
            "STOCK_WITHOUT_CHECK,oversold", "CONFIRM_DOES_NOTHING,reservationsLeft",
            "COUPON_CANCEL_BURNS,mixedDecisions", "GATEWAY_FORGETS_A_BRANCH,reservationsLeft",
            "GATEWAY_PLACES_TWICE,duplicated"})
    void aMistakeFailsTheRun(PlantedBug plant, String figure) throws Exception {
        JsonNode report = run(5, 30, 0, Components.EMBEDDED, plant);

        assertThat(report.path("verdict").asText()).isEqualTo("failed");
        assertThat(report.findValue(figure).asLong()).as("%s", report).isPositive();
    }

    private JsonNode run(int seconds, int rate, int kills, Components components, PlantedBug plant) throws Exception {
        DemoSettings settings = new DemoSettings(seconds, rate, SEED, true, kills, components,
                reports.resolve("report.json"),
                plant);
        try (WorkDirectory directory = WorkDirectory.create()) {
            Report report = new Demo(settings, StandInCoordinator.class.getName(), new PrintWriter(new StringWriter()))
                    .run(directory);
            report.print(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
            return report.json();
        }
    }
}
