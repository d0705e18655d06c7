package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.Setting;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every setting of a command line that was parsed: its value and where that comes from. Immutable.
 */
record EffectiveSettings(SortedMap<String, Effective> byName) {

    /**
     * A value.
     *
     * @param origin for people: a flag, a variable, a line of a file, or the default
     */
    record Effective(Setting setting, String origin) {}

    static EffectiveSettings of(CommandLine parsed) {
        SettingSources sources =
                parsed.getCommandSpec().defaultValueProvider() instanceof SettingSources given
                        ? given
                        : SettingSources.none();
        SortedMap<String, Effective> all = new TreeMap<>();
        for (Map.Entry<String, OptionSpec> setting : SettingSources.settings().entrySet()) {
            String name = setting.getKey();
            OptionSpec given =
                    parsed.getParseResult().matchedOption(setting.getValue().longestName());
            all.put(name, effective(name, given, sources.find(name), setting.getValue()));
        }
        return new EffectiveSettings(all);
    }

    /** The settings alone. */
    SortedMap<String, Setting> values() {
        SortedMap<String, Setting> values = new TreeMap<>();
        byName.forEach((name, effective) -> values.put(name, effective.setting()));
        return values;
    }

    private static Effective effective(
            String name,
            @Nullable OptionSpec flag,
            SettingSources.@Nullable Value elsewhere,
            OptionSpec declared) {
        if (flag != null) {
            return effective(name, String.join(",", flag.originalStringValues()), "flag");
        }
        if (elsewhere != null) {
            return effective(name, elsewhere.text(), elsewhere.origin());
        }
        String standard = declared.defaultValue();
        return effective(name, standard == null ? "" : standard, "default");
    }

    private static Effective effective(String name, String text, String origin) {
        return new Effective(
                new Setting(text, RelayFlags.isSecret(name), Reload.isReloadable(name)), origin);
    }
}
