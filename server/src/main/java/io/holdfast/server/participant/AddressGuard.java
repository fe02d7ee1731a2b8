package io.holdfast.server.participant;

import io.holdfast.api.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Applies the allow-list, once when a branch is registered and again before every call: a name may point elsewhere by then.
 * A call goes to the address that was checked, so no second look-up can slip in another one (DNS rebinding).
 * <p>
 * Thread-safe. Names are resolved on threads of its own, because that blocks; everything else completes at once.
 */
public final class AddressGuard implements AutoCloseable {

    /** Look-ups that may hang at the same time without holding up others. */
    private static final int RESOLVER_THREADS = 8;
    /** Beyond it names come in faster than they can be resolved, and waiting would only add to it. */
    private static final int MAX_WAITING = 4_096;

    private final AllowList allowList;
    private final NameResolver resolver;
    private final ThreadPoolExecutor threads;

    public AddressGuard(AllowList allowList, NameResolver resolver) {
        this.allowList = allowList;
        this.resolver = resolver;
        this.threads = new ThreadPoolExecutor(RESOLVER_THREADS, RESOLVER_THREADS, 30, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                Thread.ofPlatform().name("name-resolver-", 0).daemon()::unstarted);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Checks addresses at registration.
     *
     * @param urls empty ones mean that there is nothing to call, and pass
     * @return completes with the first objection; null for none
     */
    public CompletableFuture<@Nullable AddressRejected> check(Collection<String> urls) {
        Set<String> names = new HashSet<>();
        CompletableFuture<@Nullable AddressRejected> all = CompletableFuture.completedFuture(null);
        try {
            for (String url : urls) {
                if (!url.isEmpty()) {
                    ParticipantUrl parsed = ParticipantUrl.parse(url);
                    if (!isDecidedAtOnce(parsed) && names.add(parsed.host())) {
                        CompletableFuture<@Nullable AddressRejected> one = resolve(parsed)
                                .handle((address, failure) -> failure == null ? null : rejection(failure));
                        all = all.thenCombine(one, (earlier, later) -> earlier != null ? earlier : later);
                    }
                }
            }
        } catch (AddressRejected e) {
            return CompletableFuture.completedFuture(e);
        }
        return all;
    }

    /** Whether the list alone lets {@code url} pass. */
    private boolean isDecidedAtOnce(ParticipantUrl url) throws AddressRejected {
        if (allowList.allowsHost(url.host())) {
            return true;
        }
        InetAddress literal = url.literal();
        if (literal == null) {
            return false;
        }
        if (!allowList.allowsAddress(literal)) {
            throw AddressRejected.notAllowed(url.host(), "the address is not on the allow-list");
        }
        return true;
    }

    /**
     * Finds the address to call.
     *
     * @return completes with an address that is allowed, or exceptionally with {@link AddressRejected} or
     *         {@link UnknownHostException}
     */
    CompletableFuture<InetAddress> resolve(ParticipantUrl url) {
        try {
            boolean decided = isDecidedAtOnce(url);
            InetAddress literal = url.literal();
            if (literal != null) {
                return CompletableFuture.completedFuture(literal);
            }
            CompletableFuture<InetAddress> resolved = new CompletableFuture<>();
            threads.execute(() -> resolveNow(url.host(), decided, resolved));
            return resolved;
        } catch (AddressRejected e) {
            return CompletableFuture.failedFuture(e);
        } catch (RejectedExecutionException e) {
            return CompletableFuture
                    .failedFuture(new UnknownHostException(url.host() + ": too many names are being resolved"));
        }
    }

    private void resolveNow(String host, boolean hostIsListed, CompletableFuture<InetAddress> resolved) {
        try {
            List<InetAddress> addresses = resolver.resolve(host);
            for (InetAddress address : addresses) {
                if (!hostIsListed && !allowList.allowsAddress(address)) {
                    throw AddressRejected.notAllowed(host,
                            "its address " + address.getHostAddress() + " is not on the allow-list");
                }
            }
            resolved.complete(addresses.getFirst());
        } catch (AddressRejected | UnknownHostException | RuntimeException e) {
            resolved.completeExceptionally(e);
        }
    }

    private static AddressRejected rejection(Throwable failure) {
        return failure instanceof AddressRejected rejected
                ? rejected
                : new AddressRejected(ErrorCode.ADDRESS_NOT_ALLOWED,
                        "the name of a participant cannot be resolved: "
                                + CleanText.of(failure.getMessage() + "", 200));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
