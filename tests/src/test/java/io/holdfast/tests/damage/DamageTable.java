package io.holdfast.tests.damage;

import io.holdfast.tests.damage.Verdict.Kind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts verdicts by kind of file and of damage. */
final class DamageTable {

    private final Map<String, Map<Kind, Integer>> rows = new TreeMap<>();

    void add(Damage damage, Verdict verdict) {
        for (String row : new String[]{damage.kind() + (damage.isFlip() ? " flipped" : " shortened"), "together"}) {
            rows.computeIfAbsent(row, name -> new EnumMap<>(Kind.class)).merge(verdict.kind(), 1, Integer::sum);
        }
    }

    int of(Kind kind) {
        return rows.getOrDefault("together", Map.of()).getOrDefault(kind, 0);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format("DAMAGE: %-36s", "file"));
        for (Kind kind : Kind.values()) {
            text.append(String.format(" %15s", kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        }
        rows.forEach((row, counts) -> {
            text.append(String.format("%nDAMAGE: %-36s", row));
            for (Kind kind : Kind.values()) {
                text.append(String.format(" %15d", counts.getOrDefault(kind, 0)));
            }
        });
        return text.append(System.lineSeparator()).toString();
    }
}
