package io.socp.relay.client.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names as only someone hostile would choose them. */
class FileNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "report.pdf           | report.pdf",
                "../../etc/passwd     | passwd",
                "/etc/shadow          | shadow",
                "C:\\Windows\\win.ini | win.ini",
                "..\\..\\boot.ini     | boot.ini",
                "C:evil.exe           | C_evil.exe",
                "a/b\\c/../d.txt      | d.txt",
                ".bashrc              | bashrc",
                "...hidden            | hidden",
                "name.                | name",
                "`name . . `          | name",
                "`  spaced out.txt  ` | spaced out.txt",
                "..                   | file",
                ".                    | file",
                "/                    | file",
                "dir/                 | file",
                "``                   | file",
                "`   `                | file",
                "CON                  | _CON",
                "nul.txt              | _nul.txt",
                "Aux.tar.gz           | _Aux.tar.gz",
                "COM1                 | _COM1",
                "lpt9.log             | _lpt9.log",
                "com¹.x               | _com¹.x",
                "CONIN$               | _CONIN$",
                "prn .txt             | _prn .txt",
                "console.txt          | console.txt",
                "COM10                | COM10",
                "a<b>c:d\"e?f*g        | a_b_c_d_e_f_g",
                "Grüße 日本 😀.txt      | Grüße 日本 😀.txt",
            })
    void shouldLeaveOneHarmlessElement(String claimed, String safe) {
        assertThat(FileName.safe(claimed)).isEqualTo(safe);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\0b",
                "a\nb",
                "a\u001bb",
                "a\u007fb",
                "a\u0085b",
                "a\u2028b",
                "a\u202eb",
                "a\u200bb",
                "a\ud800b",
                "a\ue000b"
            })
    void shouldShowNothingInvisible(String claimed) {
        assertThat(FileName.safe(claimed)).isEqualTo("a_b");
    }

    @Test
    void shouldKeepTheLongestNameAndShortenALongerOne() {
        String longest = "x".repeat(FileName.BYTES_MAX - 4) + ".txt";

        assertThat(FileName.safe(longest)).isEqualTo(longest);
        assertThat(FileName.safe("x" + longest)).isEqualTo(longest);
    }

    @Test
    void shouldShortenBetweenCharactersAndKeepTheExtension() {
        String shortened = FileName.safe("é".repeat(500) + ".tar");

        assertThat(shortened).endsWith("é.tar").doesNotContain("\ufffd");
        assertThat(shortened.getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(FileName.BYTES_MAX);
        assertThat(FileName.safe("." + "x".repeat(5_000))).hasSize(FileName.BYTES_MAX);
        assertThat(FileName.safe("a." + "x".repeat(5_000))).hasSize(FileName.BYTES_MAX);
    }

    @Test
    void shouldNumberBeforeTheExtension() {
        assertThat(FileName.numbered("a.txt", 2)).isEqualTo("a (2).txt");
        assertThat(FileName.numbered("README", 1)).isEqualTo("README (1)");
    }

    @Test
    void shouldNameAFileWithoutItsPlace() {
        assertThat(FileName.of(Path.of("/secret/place/plan.txt"))).isEqualTo("plan.txt");
        assertThat(FileName.of(Path.of("/"))).isEqualTo("file");
    }
}
