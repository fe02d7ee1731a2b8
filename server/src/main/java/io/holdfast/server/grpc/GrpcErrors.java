package io.holdfast.server.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.EngineUnavailable;
import io.holdfast.engine.Coordinator.Overloaded;
import io.holdfast.rpc.v1.Error;
import io.holdfast.server.http.GrpcCodes;
import io.holdfast.server.http.GrpcRefusal;
import io.holdfast.server.nativeapi.ApiProblem;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors of this interface: a status, the code that REST has, and what is allowed. */
final class GrpcErrors {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);
    private static final Metadata.Key<String> CODE = Metadata.Key.of(GrpcRefusal.CODE_HEADER,
            Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> ALLOWED = Metadata.Key.of("holdfast-allowed-bin",
            Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> TRANSACTION = Metadata.Key.of("holdfast-transaction-bin",
            Metadata.BINARY_BYTE_MARSHALLER);

    private GrpcErrors() {
    }

    /** The server cannot know anything yet. */
    static StatusException starting() {
        Metadata metadata = new Metadata();
        metadata.put(CODE, "starting");
        return new StatusException(
                Status.UNAVAILABLE.withDescription("the server is still reading its log: try again later"), metadata);
    }

    /** Too much is being received from all clients together; nothing was done. */
    static Status noRoom(Metadata metadata) {
        metadata.put(CODE, ErrorCode.OVERLOADED.wireName());
        return Status.RESOURCE_EXHAUSTED.withDescription("too many large requests are being worked on: send it later");
    }

    /** What a call ends with. */
    static StatusException of(Throwable thrown) {
        ApiProblem problem = problem(thrown);
        if (problem == null) {
            LOG.atError().setCause(thrown).log("a gRPC call failed");
            return new StatusException(Status.INTERNAL.withDescription("internal error, logged"),
                    metadata("internal", null, null));
        }
        return new StatusException(
                GrpcCodes.of(problem.code()).toStatus().withDescription(problem.said()),
                metadata(problem.code().wireName(), problem.allowed(), problem.transaction()));
    }

    private static Metadata metadata(String code, @Nullable String allowed, @Nullable Transaction transaction) {
        Metadata metadata = new Metadata();
        metadata.put(CODE, code);
        if (allowed != null) {
            metadata.put(ALLOWED, allowed.getBytes(StandardCharsets.UTF_8));
        }
        if (transaction != null) {
            metadata.put(TRANSACTION, ProtoViews.status(transaction, false).toByteArray());
        }
        return metadata;
    }

    /** The same as a message, for streams that go on after it. */
    static Error message(Throwable thrown) {
        ApiProblem problem = problem(thrown);
        if (problem == null) {
            LOG.atError().setCause(thrown).log("a request of a stream failed");
            return Error.newBuilder().setCode("internal").setMessage("internal error, logged").build();
        }
        Error.Builder error = Error.newBuilder().setCode(problem.code().wireName()).setMessage(problem.said());
        String allowed = problem.allowed();
        if (allowed != null) {
            error.setAllowed(allowed);
        }
        Transaction transaction = problem.transaction();
        return transaction == null
                ? error.build()
                : error.setTransaction(ProtoViews.status(transaction, false)).build();
    }

    /** Null if it is a bug. */
    private static @Nullable ApiProblem problem(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
        return switch (cause) {
            case ApiProblem problem -> problem;
            case Overloaded full -> new ApiProblem(ErrorCode.OVERLOADED, String.valueOf(full.getMessage()), null, null);
            case EngineUnavailable gone -> new ApiProblem(ErrorCode.UNKNOWN_OUTCOME,
                    "the outcome is unknown, ask again with the same gid: " + gone.getMessage(), null, null);
            default -> null;
        };
    }
}
