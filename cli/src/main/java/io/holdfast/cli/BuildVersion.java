package io.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar, with the commit if the build knew it. */
final class BuildVersion implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream in = BuildVersion.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IOException("version.properties is missing from the jar of the command line");
            }
            build.load(in);
        }
        String commit = build.getProperty("commit", "");
        String line = "holdfast " + build.getProperty("version") + (commit.isEmpty() ? "" : " (" + commit + ")");
        return new String[]{line, "Java " + Runtime.version()};
    }
}
