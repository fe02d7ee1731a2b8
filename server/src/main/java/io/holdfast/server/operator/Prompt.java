package io.holdfast.server.operator;

import java.io.Console;

/** The person at the terminal. */
interface Prompt {

    /** Whether there is somebody to ask. */
    boolean isThere();

    /** What was typed, without blanks around it; empty if nothing was. */
    String ask(String question);

    static Prompt ofTerminal() {
        return new Prompt() {
            @Override
            public boolean isThere() {
                Console console = System.console();
                return console != null && console.isTerminal();
            }

            @Override
            public String ask(String question) {
                Console console = System.console();
                String typed = console == null ? null : console.readLine("%s", question);
                return typed == null ? "" : typed.strip();
            }
        };
    }
}
