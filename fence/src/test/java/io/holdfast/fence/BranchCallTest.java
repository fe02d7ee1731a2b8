package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BranchCallTest {

    @ParameterizedTest
    @CsvSource({"tcc,try,TRY", "tcc,confirm,CONFIRM", "tcc,cancel,CANCEL", "saga,action,ACTION",
            "saga,compensate,COMPENSATE"})
    void readsWhatTheCoordinatorSends(String transType, String op, Operation operation) {
        BranchCall call = BranchCall.fromQuery(
                "sku=7&gid=g-1&trans_type=" + transType + "&branch_id=01-02&op=" + op + "&dtm=http%3A%2F%2Fx");
        assertThat(call).isEqualTo(new BranchCall("g-1", "01-02", operation));
        assertThat(call.mode()).isEqualTo(transType.equals("tcc") ? Mode.TCC : Mode.SAGA);
        assertThat(BranchCall.fromQuery(Map.of("gid", "g-1", "trans_type", transType, "branch_id", "01-02", "op", op)))
                .isEqualTo(call);
    }

    @Test
    void decodesIds() {
        assertThat(BranchCall.fromQuery("gid=a%20b%2Fc&trans_type=tcc&branch_id=%C3%A4&op=try"))
                .isEqualTo(new BranchCall("a b/c", "\u00e4", Operation.TRY));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "trans_type=tcc&branch_id=01&op=try | query parameter gid is missing",
            "gid=&trans_type=tcc&branch_id=01&op=try | query parameter gid is missing",
            "gid&trans_type=tcc&branch_id=01&op=try | query parameter gid is missing",
            "gid=g&branch_id=01&op=try | query parameter trans_type is missing",
            "gid=g&trans_type=tcc&op=try | query parameter branch_id is missing",
            "gid=g&trans_type=tcc&branch_id=01 | query parameter op is missing",
            "gid=g&gid=h&trans_type=tcc&branch_id=01&op=try | query parameter gid appears twice",
            "gid=%zz&trans_type=tcc&branch_id=01&op=try | query parameter gid is not valid percent-encoding",
            "gid=%00&trans_type=tcc&branch_id=01&op=try | gid contains U+0000",
            "gid=%ff&trans_type=tcc&branch_id=01&op=try | gid contains U+FFFD",
            "gid=g&trans_type=tcc&branch_id=01%0A&op=try | branch_id contains U+000A",
            "gid=g&trans_type=tcc&branch_id=01+&op=try | branch_id begins or ends with a space",
            "gid=g&trans_type=tcc&branch_id=01&op=rollback | op \"rollback\" is unknown; allowed: try, confirm, cancel",
            "gid=g&trans_type=saga&branch_id=01&op=confirm | trans_type \"saga\" does not go with op \"confirm\"",
            "gid=g&trans_type=xa&branch_id=01&op=try | trans_type \"xa\" does not go with op \"try\""})
    void saysWhatIsWrongAndWhatIsAllowed(String query, String message) {
        assertThatThrownBy(() -> BranchCall.fromQuery(query)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void idsAreAsLongAsTheColumnsAndNoLonger() {
        String longest = "x".repeat(BranchCall.MAX_ID_CHARS);
        assertThat(new BranchCall(longest, longest, Operation.TRY).gid()).isEqualTo(longest);
        assertThatThrownBy(() -> new BranchCall(longest + "x", "01", Operation.TRY))
                .hasMessage("gid has 129 characters; allowed: 1 to 128");
        assertThatThrownBy(() -> new BranchCall("g", longest + "x", Operation.TRY))
                .hasMessageStartingWith("branch_id has 129");
        assertThatThrownBy(() -> new BranchCall("g", "", Operation.TRY)).hasMessageStartingWith("branch_id has 0");
    }

    @Test
    void brokenUnicodeIsRefusedBecauseTwoIdsCouldBecomeOne() {
        assertThatThrownBy(() -> new BranchCall("\uD83D", "01", Operation.TRY))
                .hasMessageContaining("gid contains U+D83D");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gid=FAILURE%0A&trans_type=tcc&branch_id=01&op=try",
            "gid=g&trans_type=FAILURE&branch_id=01&op=try",
            "gid=g&trans_type=tcc&branch_id=01&op=ONGOING", "gid=FAILURE+&trans_type=tcc&branch_id=01&op=try"})
    void noMessageRepeatsAWordThatACoordinatorTakesForAResult(String query) {
        assertThatThrownBy(() -> BranchCall.fromQuery(query)).isInstanceOf(IllegalArgumentException.class)
                .message().doesNotContain("FAILURE").doesNotContain("ONGOING");
    }
}
