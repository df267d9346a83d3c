// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.JdbcRecipientSource;
import io.github.smsqueue.JdbcRecipientSource.KeyType;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientPage.Bad;
import io.github.smsqueue.spi.RecipientPage.Found;
import io.github.smsqueue.spi.RecipientPage.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The same rules on each database. */
class JdbcRecipientSourceTest {

  @Nested
  class H2 extends Rules {
    H2() {
      super("jdbc:h2:mem:" + UUID.randomUUID(), 0);
    }
  }

  @Nested
  class MariaDb extends Rules {
    MariaDb() {
      super("jdbc:mariadb://127.0.0.1:3306/test?user=root&sslMode=disable", 3306);
    }
  }

  @Nested
  class PostgreSql extends Rules {
    PostgreSql() {
      super("jdbc:postgresql://127.0.0.1:5432/test?user=postgres", 5432);
    }

    @Test
    void keysOfOtherTypesAreCast() throws Exception {
      execute("create table " + table + "_u (id uuid primary key, phone varchar(30))");
      for (int i = 0; i < 7; i++) {
        execute("insert into %s_u values ('%s', '1380013800%d')"
            .formatted(table, UUID.randomUUID(), i));
      }
      JdbcRecipientSource source = JdbcRecipientSource.builder(
              pool,
              "select id, phone from %s_u where id > ?::uuid order by id limit ?".formatted(table))
          .key("id", KeyType.TEXT)
          .startAfter("00000000-0000-0000-0000-000000000000")
          .number("phone")
          .build();

      assertThat(readAll(source, 3)).hasSize(7).doesNotHaveDuplicates();
    }
  }

  abstract static class Rules {
    private final String url;
    private final int port;
    final String table = "sms_queue_" + UUID.randomUUID().toString().replace("-", "");
    Pool pool;

    Rules(String url, int port) {
      this.url = url;
      this.port = port;
    }

    @BeforeEach
    void createTable() throws SQLException {
      boolean required = port == 0 || "true".equals(System.getenv("CI"));
      assumeTrue(required || listening(port), "skipped: no database server on port " + port);
      pool = new Pool(DriverManager.getConnection(url));
      execute("create table " + table + " (id bigint primary key, code varchar(40) unique,"
          + " phone varchar(30), name varchar(2000), age varchar(10))");
    }

    private static boolean listening(int port) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        return socket.isConnected();
      } catch (IOException e) {
        return false;
      }
    }

    @AfterEach
    void dropTables() throws SQLException {
      if (pool != null) {
        execute("drop table if exists " + table);
        execute("drop table if exists " + table + "_u");
        pool.real.close();
      }
    }

    final void execute(String sql) throws SQLException {
      try (Statement statement = pool.real.createStatement()) {
        statement.execute(sql);
      }
    }

    private void insert(int from, int to) throws SQLException {
      for (int i = from; i <= to; i++) {
        execute("insert into %s values (%d, 'K%04d', '13800138%03d', 'name %d', '%d')"
            .formatted(table, i * 10, i, i, i, i));
      }
    }

    private JdbcRecipientSource.Builder byId() {
      return JdbcRecipientSource.builder(
              pool,
              "select id, code, phone, name, age from %s where id > ? order by id limit ?"
                  .formatted(table))
          .key("id", KeyType.LONG);
    }

    static List<Row> readAll(JdbcRecipientSource source, int limit) throws SQLException {
      List<Row> rows = new ArrayList<>();
      String cursor = "";
      while (true) {
        RecipientPage page = source.read(cursor, limit);
        rows.addAll(page.rows());
        if (page.next().isEmpty()) {
          return rows;
        }
        assertThat(page.rows()).hasSize(limit);
        cursor = page.next().get();
      }
    }

    @Test
    void everyRowIsReadOnceInOrder() throws Exception {
      insert(1, 12);
      JdbcRecipientSource source =
          byId().number("phone").params("name").param("age", "years").build();

      for (int limit : new int[] {1, 5, 6, 12, 13, 1000}) {
        List<Row> rows = readAll(source, limit);

        assertThat(rows).hasSize(12);
        for (int i = 1; i <= 12; i++) {
          assertThat(rows.get(i - 1))
              .isEqualTo(new Found(
                  "13800138%03d".formatted(i),
                  Map.of("name", "name " + i, "years", Integer.toString(i))));
        }
      }
    }

    @Test
    void anEmptyTableIsOneEmptyPage() throws Exception {
      assertThat(byId().number("phone").build().read("", 10))
          .isEqualTo(new RecipientPage(List.of(), Optional.empty()));
    }

    @Test
    void theSameCursorGivesTheSamePage() throws Exception {
      insert(1, 9);
      JdbcRecipientSource source = byId().number("phone").build();
      String cursor = source.read("", 4).next().orElseThrow();

      assertThat(cursor).isEqualTo("40");
      assertThat(source.read(cursor, 4)).isEqualTo(source.read(cursor, 4));
      execute("delete from " + table + " where id = 40");
      assertThat(source.read(cursor, 4).next()).contains("80");
    }

    @Test
    void keysMayBeText() throws Exception {
      insert(1, 9);
      JdbcRecipientSource source = JdbcRecipientSource.builder(
              pool,
              "select code, phone from %s where code > ? order by code limit ?".formatted(table))
          .key("code", KeyType.TEXT)
          .number("phone")
          .build();

      assertThat(readAll(source, 4)).hasSize(9).doesNotHaveDuplicates();
      assertThat(source.read("", 4).next()).contains("K0004");
    }

    @Test
    void aLongKeyMayBeginBelowZero() throws Exception {
      execute("insert into " + table + " (id, phone) values (-5, '13800138000')");

      assertThat(readAll(byId().number("phone").build(), 4)).isEmpty();
      assertThat(readAll(
              byId().number("phone").startAfter(Long.toString(Long.MIN_VALUE)).build(), 4))
          .hasSize(1);
    }

    @Test
    void badRowsAreCountedAndStopNothing() throws Exception {
      insert(1, 5);
      execute("update " + table + " set phone = null where id = 20");
      execute("update " + table + " set phone = ' ' where id = 30");
      execute("update %s set name = '%s' where id = 40".formatted(table, "x".repeat(1001)));
      execute("update " + table + " set name = null where id = 50");

      List<Row> rows = readAll(byId().number("phone").params("name").build(), 2);

      assertThat(rows)
          .containsExactly(
              new Found("13800138001", Map.of("name", "name 1")),
              new Bad("no number"),
              new Bad("no number"),
              rows.get(3),
              new Found("13800138005", Map.of()));
      assertThat(rows.get(3)).isInstanceOf(Bad.class);
      assertThat(rows.get(3).toString())
          .contains("params.name")
          .doesNotContain("13800138004", "xxx");
    }

    @Test
    void aMapperThatFailsMakesABadRow() throws Exception {
      insert(1, 4);
      execute("update " + table + " set age = 'old' where id = 20");
      JdbcRecipientSource source = byId()
          .row(row -> {
            if (row.getLong("id") == 30) {
              throw new IllegalStateException("secret " + row.getString("phone"));
            }
            String age = Integer.toString(row.getInt("age"));
            return new Recipient(row.getString("phone"), Map.of("age", age));
          })
          .build();

      List<Row> rows = readAll(source, 10);

      assertThat(rows).hasSize(4);
      assertThat(rows.get(0)).isEqualTo(new Found("13800138001", Map.of("age", "1")));
      assertThat(rows.get(1)).isEqualTo(new Bad("a value that cannot be read"));
      assertThat(rows.get(2)).isEqualTo(new Bad("the row mapper failed: IllegalStateException"));
      assertThat(rows.get(3)).isInstanceOf(Found.class);
    }

    @Test
    void aConnectionThatIsLostInAMapperFailsThePageAndRejectsNobody() throws Exception {
      insert(1, 2);
      SQLException lost = new SQLException("connection lost", "08006");
      JdbcRecipientSource source = byId()
          .row(row -> {
            throw lost;
          })
          .build();

      assertThatThrownBy(() -> source.read("", 10)).isSameAs(lost);
      pool.assertAsItCame();
    }

    @Test
    void aColumnThatDoesNotExistFailsThePageAndRejectsNobody() throws Exception {
      insert(1, 2);

      assertThatThrownBy(() -> byId().number("fone").build().read("", 10))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> byId().number("phone").params("nam").build().read("", 10))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> JdbcRecipientSource.builder(pool, "select nonsense")
              .key("id", KeyType.LONG)
              .number("phone")
              .build()
              .read("", 10))
          .isInstanceOf(SQLException.class);
      pool.assertAsItCame();
    }

    @Test
    void aKeyThatWouldLoopForEverIsAnError() throws Exception {
      insert(1, 4);
      refused("select id, phone from %s where id > ? order by id desc limit ?", "id", KeyType.LONG);
      refused("select id, phone from %s where id >= ? order by id limit ?", "id", KeyType.LONG);
      refused("select 5 as k, phone from %s where id > ? limit ?", "k", KeyType.LONG);
      refused("select 'a' as k, phone from %s where code > ? limit ?", "k", KeyType.TEXT);
      refused(
          "select code, phone from %s where code >= ? order by code limit ?", "code", KeyType.TEXT);
      refused(
          "select nullif(id, 20) as k, phone from %s where id > ? order by id limit ?",
          "k", KeyType.LONG);
      refused(
          "select nullif(code, 'K0002') as k, phone from %s where code > ? order by code limit ?",
          "k", KeyType.TEXT);
      pool.assertAsItCame();
    }

    private void refused(String sql, String key, KeyType type) {
      JdbcRecipientSource source = JdbcRecipientSource.builder(pool, sql.formatted(table))
          .key(key, type)
          .number("phone")
          .build();
      assertThatThrownBy(() -> {
            String cursor = source.read("", 2).next().orElseThrow();
            source.read(cursor, 2);
          })
          .isInstanceOf(SmsQueueException.class)
          .hasMessageContaining("key column " + key);
    }

    @Test
    void aCursorThatIsNoKeyFails() {
      JdbcRecipientSource source = byId().number("phone").build();

      assertThatThrownBy(() -> source.read("garbage", 10))
          .isInstanceOf(SmsQueueException.class)
          .hasMessageContaining("id")
          .hasMessageContaining("cursor");
      assertThatThrownBy(() -> source.read("99999999999999999999", 10))
          .isInstanceOf(SmsQueueException.class);
    }

    @Test
    void theConnectionGoesBackAsItCame() throws Exception {
      insert(1, 3);
      JdbcRecipientSource source = byId().number("phone").fetchSize(2).build();

      source.read("", 2);
      pool.assertAsItCame();
      execute("delete from " + table + " where id = 10");

      pool.real.setAutoCommit(false);
      source.read("", 2);
      assertThat(pool.real.getAutoCommit()).isFalse();
      assertThat(pool.real.isReadOnly()).isFalse();
      pool.real.setAutoCommit(true);
      assertThat(pool.taken).isEqualTo(2);
      assertThat(pool.returned).isEqualTo(2);
    }

    @Test
    void pagesAreReadInAReadOnlyTransaction() throws Exception {
      insert(1, 1);
      List<Boolean> seen = new ArrayList<>();
      byId()
          .row(row -> {
            Connection connection = row.getStatement().getConnection();
            boolean h2 = url.startsWith("jdbc:h2:"); // has no read-only connections
            seen.add((h2 || connection.isReadOnly()) && !connection.getAutoCommit());
            return Recipient.of(row.getString("phone"));
          })
          .queryTimeout(Duration.ofSeconds(5))
          .build()
          .read("", 10);

      assertThat(seen).containsExactly(true);
    }

    @Test
    void whatIsMissingFailsAtBuild() {
      fails("number", byId());
      fails("number", byId().number("phone").row(row -> Recipient.of("1")));
      fails("params", byId().params("name").row(row -> Recipient.of("1")));
      fails("startAfter", byId().number("phone").startAfter("x"));
      fails("key", JdbcRecipientSource.builder(pool, "select 1").number("phone"));
    }

    private static void fails(String field, JdbcRecipientSource.Builder builder) {
      assertThatThrownBy(builder::build)
          .isInstanceOfSatisfying(
              InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(field));
    }
  }

  /** A pool of one connection, whose close gives it back. */
  static final class Pool implements DataSource {
    final Connection real;
    int taken;
    int returned;

    Pool(Connection real) {
      this.real = real;
    }

    @Override
    public Connection getConnection() {
      taken++;
      return (Connection) Proxy.newProxyInstance(
          getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
            if (method.getName().equals("close")) {
              returned++;
              return null;
            }
            try {
              return method.invoke(real, args);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    }

    void assertAsItCame() throws SQLException {
      assertThat(real.getAutoCommit()).isTrue();
      assertThat(real.isReadOnly()).isFalse();
      assertThat(returned).isEqualTo(taken);
    }

    @Override
    public Connection getConnection(String user, String password) {
      return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getLogger("");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
