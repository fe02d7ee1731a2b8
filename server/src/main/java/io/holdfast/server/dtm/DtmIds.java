package io.holdfast.server.dtm;

import java.util.regex.Pattern;

/** The ids of dtm: any text without control characters. */
final class DtmIds {

    static final int MAX_CHARS = 128;

    private static final Pattern STRIPPED = Pattern.compile("[\n\r;]");

    private DtmIds() {
    }

    /** The gid of a request, without what dtm strips from it. */
    static String gid(DtmBody body) throws DtmProblem {
        return checked("gid", stripped(body.anyText("gid")));
    }

    static String branchId(DtmBody body) throws DtmProblem {
        return checked("branch_id", body.anyText("branch_id"));
    }

    static String stripped(String gid) {
        return STRIPPED.matcher(gid).replaceAll("");
    }

    private static String checked(String name, String id) throws DtmProblem {
        if (id.isEmpty() || id.length() > MAX_CHARS || id.chars().anyMatch(Character::isISOControl)) {
            throw DtmProblem.field(name, id.isEmpty() ? "the empty string" : "\"" + id + "\"",
                    "1 to " + MAX_CHARS + " characters, none of them a control character");
        }
        return id;
    }
}
