package io.holdfast.server.client;

/** A server did not do what it was asked for. The message is for people and stands alone. */
public final class ClientException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int NO_ANSWER = 0;
    private static final int NOT_FOUND = 404;

    private final int status;

    private ClientException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public ClientException(String message) {
        this(-1, message);
    }

    ClientException(int status, String message) {
        super(message);
        this.status = status;
    }

    static ClientException noAnswer(String message, Throwable cause) {
        return new ClientException(NO_ANSWER, message, cause);
    }

    /** Whether nothing came back, so that nobody knows whether it was done. */
    public boolean isNoAnswer() {
        return status == NO_ANSWER;
    }

    /** Whether the server says that there is no such thing. */
    public boolean isNotFound() {
        return status == NOT_FOUND;
    }
}
