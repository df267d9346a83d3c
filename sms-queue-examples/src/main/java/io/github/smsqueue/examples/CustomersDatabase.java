// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.JdbcRecipientSource;
import io.github.smsqueue.JdbcRecipientSource.KeyType;
import io.github.smsqueue.spi.RecipientSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table {@code customers} of a database, filled with invented people if it is missing. */
final class CustomersDatabase implements AutoCloseable {
  static final String SOURCE = "customers";

  private static final Logger log = LoggerFactory.getLogger(CustomersDatabase.class);
  private static final int CUSTOMERS = 10_000;
  private static final long FIRST_PHONE = 13_900_000_001L;

  private final DataSource dataSource;
  private final boolean embedded;

  private CustomersDatabase(String url, boolean embedded) throws SQLException {
    this.dataSource = new DriverManagerDataSource(url);
    this.embedded = embedded;
    try (Connection connection = dataSource.getConnection()) {
      if (!exists(connection)) {
        seed(connection);
      }
    }
  }

  /** A database in this process that keeps its files in a directory. */
  static CustomersDatabase embedded(Path directory) throws SQLException {
    Path file = directory.toAbsolutePath().resolve("customers");
    return new CustomersDatabase(
        "jdbc:h2:file:" + file + ";DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE", true);
  }

  /** A database of your own; its driver must be in the class path. */
  static CustomersDatabase at(String jdbcUrl) throws SQLException {
    return new CustomersDatabase(jdbcUrl, false);
  }

  /** All customers, by ascending id. */
  RecipientSource recipients() {
    return JdbcRecipientSource.builder(
            dataSource, "select id, name, phone from customers where id > ? order by id limit ?")
        .key("id", KeyType.LONG)
        .number("phone")
        .params("name")
        .build();
  }

  private static boolean exists(Connection connection) throws SQLException {
    for (String name : new String[] {"customers", "CUSTOMERS"}) {
      try (ResultSet tables = connection
          .getMetaData()
          .getTables(
              connection.getCatalog(), connection.getSchema(), name, new String[] {"TABLE"})) {
        if (tables.next()) {
          return true;
        }
      }
    }
    return false;
  }

  /** The table gets its name when it is full, so that a crash leaves no half of it. */
  private static void seed(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists customers_new");
      statement.execute("create table customers_new"
          + " (id bigint primary key, name varchar(100), phone varchar(32))");
      connection.setAutoCommit(false);
      insert(connection);
      connection.commit();
      connection.setAutoCommit(true);
      statement.execute("alter table customers_new rename to customers");
    }
    log.info("Filled the table customers with {} invented people", CUSTOMERS);
  }

  private static void insert(Connection connection) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        "insert into customers_new (id, name, phone) values (?, ?, ?)")) {
      for (int id = 1; id <= CUSTOMERS; id++) {
        insert.setLong(1, id);
        insert.setString(2, "Customer " + id);
        insert.setString(3, Long.toString(FIRST_PHONE + 10L * id));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  @Override
  public void close() throws SQLException {
    if (embedded) {
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("shutdown");
      }
    }
  }
}
