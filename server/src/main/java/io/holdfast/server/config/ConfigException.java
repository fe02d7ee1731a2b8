package io.holdfast.server.config;

/** A setting is unknown, malformed or out of its range. The message names the key, the value and what is allowed. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    static ConfigException of(String key, Object value, String allowed) {
        return new ConfigException(key + "=" + value + " is not allowed; allowed: " + allowed);
    }
}
