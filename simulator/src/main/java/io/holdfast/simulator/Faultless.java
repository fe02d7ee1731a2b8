package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Faults that a run leaves out, by kind and by their number within the kind. Written {@code LOSS,CRASH#0,CRASH#3}. Immutable.
 */
public final class Faultless {

    /** Nothing is left out. */
    public static final Faultless NOTHING = new Faultless(Map.of());

    private static final int ALL = -1;

    private final EnumMap<Fault, TreeSet<Integer>> leftOut = new EnumMap<>(Fault.class);

    private Faultless(Map<Fault, TreeSet<Integer>> leftOut) {
        leftOut.forEach((fault, numbers) -> this.leftOut.put(fault, new TreeSet<>(numbers)));
    }

    /** Everything is left out. */
    public static Faultless everything() {
        Faultless all = NOTHING;
        for (Fault fault : Fault.values()) {
            all = all.without(fault);
        }
        return all;
    }

    boolean leavesOut(Fault fault, int number) {
        TreeSet<Integer> numbers = leftOut.get(fault);
        return numbers != null && (numbers.contains(ALL) || numbers.contains(number));
    }

    /** This, and all faults of a kind are left out. */
    Faultless without(Fault fault) {
        return without(fault, List.of(ALL));
    }

    /** This, and these faults of a kind are left out. */
    Faultless without(Fault fault, List<Integer> numbers) {
        Faultless more = new Faultless(leftOut);
        more.leftOut.computeIfAbsent(fault, f -> new TreeSet<>()).addAll(numbers);
        return more;
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if a kind is unknown or a number is none; the message says what is allowed
     */
    public static Faultless parse(String text) {
        Faultless parsed = NOTHING;
        for (String part : text.isBlank() ? new String[0] : text.split(",")) {
            String[] kindAndNumber = part.strip().split("#", 2);
            Fault fault = faultOf(kindAndNumber[0]);
            int number = kindAndNumber.length == 1 ? ALL : numberOf(kindAndNumber[1], part);
            parsed = parsed.without(fault, List.of(number));
        }
        return parsed;
    }

    private static Fault faultOf(String name) {
        for (Fault fault : Fault.values()) {
            if (fault.name().equals(name)) {
                return fault;
            }
        }
        throw new IllegalArgumentException("there is no fault " + name + "; there are " + List.of(Fault.values()));
    }

    private static int numberOf(String digits, String part) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + part + "' is no fault: allowed are KIND and KIND#NUMBER", e);
        }
    }

    @Override
    public String toString() {
        return leftOut.entrySet().stream().sorted(Map.Entry.comparingByKey(Comparator.comparing(Fault::name)))
                .flatMap(entry -> names(entry.getKey(), entry.getValue()).stream()).collect(Collectors.joining(","));
    }

    private static List<String> names(Fault fault, TreeSet<Integer> numbers) {
        if (numbers.contains(ALL)) {
            return List.of(fault.name());
        }
        List<String> names = new ArrayList<>();
        numbers.forEach(number -> names.add(fault.name() + "#" + number));
        return names;
    }
}
