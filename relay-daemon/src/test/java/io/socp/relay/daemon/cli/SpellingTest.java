package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {

    private static final List<String> KNOWN = List.of("host", "port", "management-port");

    @Test
    void shouldGuessTheWordWithALetterTooManyOrTooFew() {
        assertThat(Spelling.nearest("prt", KNOWN)).isEqualTo("port");
        assertThat(Spelling.nearest("porrt", KNOWN)).isEqualTo("port");
        assertThat(Spelling.nearest("managment-prt", KNOWN)).isEqualTo("management-port");
    }

    @Test
    void shouldGuessNothingForAWordThatIsFarFromAll() {
        assertThat(Spelling.nearest("colour", KNOWN)).isNull();
    }
}
