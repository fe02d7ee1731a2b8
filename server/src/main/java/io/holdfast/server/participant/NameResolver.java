package io.holdfast.server.participant;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Port: the addresses of a host name. May block. Thread-safe. */
@FunctionalInterface
public interface NameResolver {

    /**
     * @return at least one address
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** As this machine resolves names. */
    NameResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));
}
