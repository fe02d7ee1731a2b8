package io.holdfast.store;

import io.holdfast.engine.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.LevelMetaData;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.TableProperties;
import org.rocksdb.TickerType;

/**
 * How the look-up of gids is doing.
 *
 * @param levels         those that hold files, from the youngest
 * @param filteredOut    files that a look-up did not read because the filter said no
 * @param truePositives  files that the filter let through and that had the gid
 * @param falsePositives files that the filter let through in vain; RocksDB counts them over all levels only
 */
public record GidFigures(List<Level> levels, long filteredOut, long truePositives, long falsePositives) {

    /**
     * One level.
     *
     * @param gids        rows, older ones of the same gid and deletions included
     * @param bytes       size of the files
     * @param filterBytes how much of that the filters take
     */
    public record Level(int level, int files, long gids, long bytes, long filterBytes) {
        public double filterBitsPerGid() {
            return gids == 0 ? 0 : 8.0 * filterBytes / gids;
        }
    }

    public GidFigures {
        levels = List.copyOf(levels);
    }

    /** Of the files that a look-up had no reason to read, the share that it read; NaN if there were none. */
    public double falsePositiveRate() {
        return (double) falsePositives / (falsePositives + filteredOut);
    }

    static GidFigures of(Database db, StoreErrors errors) throws StorageException {
        try {
            Map<String, TableProperties> properties = new HashMap<>();
            db.db().getPropertiesOfAllTables(db.handle(Family.GIDS))
                    .forEach((file, table) -> properties.put(nameOf(file), table));
            List<Level> levels = new ArrayList<>();
            for (LevelMetaData level : db.db().getColumnFamilyMetaData(db.handle(Family.GIDS)).levels()) {
                if (!level.files().isEmpty()) {
                    levels.add(level(level, properties));
                }
            }
            long positives = db.statistics().getTickerCount(TickerType.BLOOM_FILTER_FULL_POSITIVE);
            long truePositives = db.statistics().getTickerCount(TickerType.BLOOM_FILTER_FULL_TRUE_POSITIVE);
            return new GidFigures(levels, db.statistics().getTickerCount(TickerType.BLOOM_FILTER_USEFUL), truePositives,
                    positives - truePositives);
        } catch (RocksDBException e) {
            throw errors.of("read the properties of its files", e);
        }
    }

    private static Level level(LevelMetaData level, Map<String, TableProperties> properties) {
        long gids = 0;
        long filterBytes = 0;
        for (SstFileMetaData file : level.files()) {
            // A file that a compaction has just taken away is missing in one of the two.
            TableProperties table = properties.get(nameOf(file.fileName()));
            if (table != null) {
                gids += table.getNumEntries();
                filterBytes += table.getFilterSize();
            }
        }
        return new Level(level.level(), level.files().size(), gids, level.size(), filterBytes);
    }

    private static String nameOf(String file) {
        return String.valueOf(Path.of(file).getFileName());
    }
}
