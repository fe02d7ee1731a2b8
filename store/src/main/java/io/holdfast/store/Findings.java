package io.holdfast.store;

/** Is told what a {@link StoreCheck} sees, on the thread that checks. */
public interface Findings {

    /** Something does not fit; the text names the file, or the column family and the key. */
    void damaged(String what);

    /** So much of one kind has been looked at; told now and then, with a growing count. */
    void looking(String kind, long count);

    /** So much of one kind has been looked at, and that was all. */
    void looked(String kind, long count);
}
