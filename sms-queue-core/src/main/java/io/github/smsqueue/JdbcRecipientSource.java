// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientPage.Bad;
import io.github.smsqueue.spi.RecipientPage.Found;
import io.github.smsqueue.spi.RecipientPage.Row;
import io.github.smsqueue.spi.RecipientSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Recipients from a query of the host's database, page by page in the order of a unique key.
 * Thread-safe.
 *
 * <pre>{@code
 * RecipientSource customers =
 *     JdbcRecipientSource.builder(
 *             dataSource, "select id, phone, name from customers where id > ? order by id limit ?")
 *         .key("id", KeyType.LONG)
 *         .number("phone")
 *         .params("name")
 *         .build();
 * }</pre>
 *
 * <p>Each page is a query of its own in a read-only transaction of its own, on a connection that goes
 * back to the data source as it came. A row that was committed with a key below the last one read is
 * not seen any more. A row that is no recipient (no number, a parameter that is too long, a mapper that
 * fails) is rejected and stops nothing.
 */
public final class JdbcRecipientSource implements RecipientSource {
  private final DataSource dataSource;
  private final String sql;
  private final String keyColumn;
  private final KeyType keyType;
  private final String startAfter;
  private final RowMapper mapper;
  private final int fetchSize;
  private final int queryTimeoutSeconds;

  private JdbcRecipientSource(Builder builder, String keyColumn, RowMapper mapper) {
    this.dataSource = builder.dataSource;
    this.sql = builder.sql;
    this.keyColumn = keyColumn;
    this.keyType = builder.keyType;
    this.startAfter = builder.startAfter == null ? keyType.start : builder.startAfter;
    this.mapper = mapper;
    this.fetchSize = builder.fetchSize;
    this.queryTimeoutSeconds = builder.queryTimeoutSeconds;
    if (key(startAfter).isEmpty()) {
      throw new InvalidFieldException("startAfter", "is no whole number, but the key is one");
    }
  }

  /**
   * A source of the rows that a query gives.
   *
   * @param sql with two parameters, in this order: the key after which the page begins, and how many
   *     rows it may have; ordered by the key, ascending. A page with fewer rows is taken for the last
   */
  public static Builder builder(DataSource dataSource, String sql) {
    return new Builder(dataSource, sql);
  }

  /** How a key is bound and compared. */
  public enum KeyType {
    /** Integers; the first page begins after 0. */
    LONG("0"),
    /** Text in the order of the database; the first page begins after the empty text. */
    TEXT("");

    private final String start;

    KeyType(String start) {
      this.start = start;
    }
  }

  /** Makes a recipient of a row. */
  @FunctionalInterface
  public interface RowMapper {

    /**
     * Reads the row that the result set stands on, and does not move it.
     *
     * @return a recipient, whose number the library checks
     * @throws SQLException stops the page, which is tried again later; but a data exception (SQL
     *     state 22…), like any {@link RuntimeException}, only makes this row a bad one
     */
    Recipient map(ResultSet row) throws SQLException;
  }

  /**
   * Reads the page after a cursor, which is the key of the last row before it as text.
   *
   * @throws SmsQueueException when the cursor is no key, or the query does not give its rows in the
   *     order of the key
   * @throws SQLException when the database fails; nothing was read
   */
  @Override
  public RecipientPage read(String cursor, int limit) throws SQLException {
    Checks.atLeast("limit", 1, limit);
    Object after = key(cursor.isEmpty() ? startAfter : cursor)
        .orElseThrow(() -> misuse("is a whole number, but the cursor is none"));
    try (Connection connection = dataSource.getConnection()) {
      try (ReadOnly transaction =
          new ReadOnly(connection, connection.getAutoCommit(), connection.isReadOnly())) {
        transaction.begin();
        return query(connection, after, limit);
      }
    }
  }

  /** A transaction that leaves its connection as it was; PostgreSQL streams only in one. */
  private record ReadOnly(Connection connection, boolean autoCommit, boolean readOnly)
      implements AutoCloseable {

    void begin() throws SQLException {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
    }

    @Override
    public void close() throws SQLException {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      connection.setAutoCommit(autoCommit);
      connection.setReadOnly(readOnly);
    }
  }

  private RecipientPage query(Connection connection, Object after, int limit) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(Math.min(fetchSize, limit));
      statement.setMaxRows(limit);
      statement.setQueryTimeout(queryTimeoutSeconds);
      statement.setObject(1, after);
      statement.setInt(2, limit);
      try (ResultSet result = statement.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        Object last = after;
        while (result.next()) {
          last = nextKey(result, last);
          rows.add(row(result));
        }
        boolean more = rows.size() == limit;
        return new RecipientPage(rows, more ? Optional.of(last.toString()) : Optional.empty());
      }
    }
  }

  private Object nextKey(ResultSet result, Object last) throws SQLException {
    @Nullable
    Object key =
        keyType == KeyType.LONG ? (Object) result.getLong(keyColumn) : result.getString(keyColumn);
    if (key == null || result.wasNull() || key.equals("")) {
      throw misuse("has a row without a value");
    }
    // Texts are in the order of the database's collation, so that only a standstill can be seen.
    boolean onward = key instanceof Long number ? number > (Long) last : !key.equals(last);
    if (!onward) {
      throw misuse("does not increase from row to row: it must be unique, and the query needs"
          + " \"%1$s > ?\" and \"order by %1$s\"".formatted(keyColumn));
    }
    return key;
  }

  private SmsQueueException misuse(String problem) {
    return new SmsQueueException("key column " + keyColumn + " " + problem, false, null);
  }

  private Row row(ResultSet result) throws SQLException {
    try {
      Recipient recipient = mapper.map(result);
      return recipient == null || recipient.number().isBlank()
          ? new Bad("no number")
          : new Found(recipient);
    } catch (InvalidFieldException e) {
      return new Bad(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      // A lost connection must not make bad rows of all that follow.
      if (e instanceof SQLDataException || String.valueOf(e.getSQLState()).startsWith("22")) {
        return new Bad("a value that cannot be read");
      }
      throw e;
    } catch (RuntimeException e) {
      return new Bad("the row mapper failed: " + e.getClass().getSimpleName());
    }
  }

  private Optional<Object> key(String text) {
    try {
      return Optional.of(keyType == KeyType.LONG ? (Object) Long.valueOf(text) : text);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "JdbcRecipientSource[" + sql + "]";
  }

  /** Not thread-safe. */
  public static final class Builder {
    private final DataSource dataSource;
    private final String sql;
    private final Map<String, String> params = new LinkedHashMap<>();
    private @Nullable String keyColumn;
    private KeyType keyType = KeyType.LONG;
    private @Nullable String startAfter;
    private @Nullable String numberColumn;
    private @Nullable RowMapper mapper;
    private int fetchSize = 1_000;
    private int queryTimeoutSeconds = 60;

    private Builder(DataSource dataSource, String sql) {
      this.dataSource = dataSource;
      this.sql = sql;
    }

    /** The column of the unique key that the rows are ordered by; required. */
    public Builder key(String column, KeyType type) {
      this.keyColumn = column;
      this.keyType = type;
      return this;
    }

    /** The key before the first row; default {@code 0} or the empty text, by the type of the key. */
    public Builder startAfter(String key) {
      this.startAfter = key;
      return this;
    }

    /** The column of the phone number; required unless there is a {@link #row} mapper. */
    public Builder number(String column) {
      this.numberColumn = column;
      return this;
    }

    /** Columns that are template parameters of the same name; NULL leaves one out. Default none. */
    public Builder params(String... columns) {
      for (String column : columns) {
        params.put(column, column);
      }
      return this;
    }

    /** A column that is a template parameter of another name; NULL leaves it out. */
    public Builder param(String column, String param) {
      params.put(column, param);
      return this;
    }

    /** Makes a recipient of a row, instead of {@link #number} and {@link #params}; default none. */
    public Builder row(RowMapper mapper) {
      this.mapper = mapper;
      return this;
    }

    /** How many rows the driver holds at a time, where it can; default 1000. */
    public Builder fetchSize(int rows) {
      this.fetchSize = Checks.atLeast("fetchSize", 1, rows);
      return this;
    }

    /** How long the database may take for a page, in whole seconds; default 60 seconds. */
    public Builder queryTimeout(Duration timeout) {
      this.queryTimeoutSeconds =
          (int) Math.max(1, Checks.positive("queryTimeout", timeout).toSeconds());
      return this;
    }

    /**
     * The source; the database is not asked yet.
     *
     * @throws InvalidFieldException when a required field is missing
     */
    public JdbcRecipientSource build() {
      if (keyColumn == null) {
        throw new InvalidFieldException("key", "is missing: name a unique column of the query");
      }
      if ((mapper == null) == (numberColumn == null)) {
        throw new InvalidFieldException("number", "give the column of the number, or a row mapper");
      }
      if (mapper != null && !params.isEmpty()) {
        throw new InvalidFieldException("params", "are for the row mapper to read");
      }
      return new JdbcRecipientSource(
          this, keyColumn, mapper != null ? mapper : columns(numberColumn, Map.copyOf(params)));
    }

    private static RowMapper columns(@Nullable String number, Map<String, String> params) {
      return row -> {
        Map<String, String> values = new HashMap<>();
        for (Map.Entry<String, String> param : params.entrySet()) {
          String value = row.getString(param.getKey());
          if (value != null) {
            values.put(param.getValue(), value);
          }
        }
        String text = row.getString(number);
        return new Recipient(text == null ? "" : text, values);
      };
    }
  }
}
