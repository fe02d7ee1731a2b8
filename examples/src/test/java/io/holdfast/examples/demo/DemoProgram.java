package io.holdfast.examples.demo;

import picocli.CommandLine;

/** The demo as a program of its own, with the stand-in for the server. */
final class DemoProgram {
    private DemoProgram() {
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new DemoCommand(StandInCoordinator.class.getName())).execute(args));
    }
}
