package io.holdfast.server.client;

import io.holdfast.api.ErrorCode;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;

/** A server did not do what it was asked for. The message is for people, stands alone, and is fit for a terminal. */
public final class ClientException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int NONE = -1;
    private static final int NO_ANSWER = 0;
    private static final int NOT_FOUND = 404;

    private final int status;
    private final String code;

    private ClientException(int status, String message, Throwable cause) {
        super(TerminalText.oneLine(message), cause);
        this.status = status;
        this.code = "";
    }

    public ClientException(String message) {
        this(NONE, "", message);
    }

    /** @param cause what happened, which the message tells too */
    public ClientException(String message, ClientException cause) {
        this(NONE, message, cause);
    }

    /** @param code as the server named it; empty if it named none */
    ClientException(int status, String code, String message) {
        super(TerminalText.oneLine(message));
        this.status = status;
        this.code = code;
    }

    static ClientException noAnswer(String message, Throwable cause) {
        return new ClientException(NO_ANSWER, message, cause);
    }

    /** Whether nothing came back. */
    public boolean isNoAnswer() {
        return status == NO_ANSWER;
    }

    /** Whether nobody knows if it was done: it may have reached the server, which has not answered or does not know either. */
    public boolean mayHaveBeenDone() {
        return code.equals(ErrorCode.UNKNOWN_OUTCOME.wireName()) || isNoAnswer()
                && !(getCause() instanceof ConnectException || getCause() instanceof HttpConnectTimeoutException);
    }

    /** Whether the server says that there is no such thing. */
    public boolean isNotFound() {
        return status == NOT_FOUND;
    }

    /** As the server named what went wrong; empty if it named nothing. */
    public String code() {
        return code;
    }
}
