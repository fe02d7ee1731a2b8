package io.holdfast.server.cluster;

/**
 * What the founders of a group begin it with, if not with nothing: the store of a backup. Two are equal only if every byte of the
 * two backups was.
 *
 * @param backup SHA-256 of what the backup says of itself, with the checksums of its files, in hexadecimal digits
 * @param cut    the entry up to which it has everything
 */
public record Foundation(String backup, long cut) {

    private static final int SHOWN_DIGITS = 12;

    /** @throws IllegalArgumentException if there is no such backup */
    public Foundation {
        if (!backup.matches("[0-9a-f]{64}") || cut < 1) {
            throw new IllegalArgumentException("no such foundation: backup=" + backup + " cut=" + cut);
        }
    }

    /** For people: enough of it to tell it from others. */
    @Override
    public String toString() {
        return "backup " + backup.substring(0, SHOWN_DIGITS) + " of entry " + cut;
    }
}
