/** Asynchronous batch SMS with a durable queue and a recipient-level fence. */
module io.github.smsqueue {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires static com.google.i18n.phonenumbers.libphonenumber;
  requires transitive java.net.http;
  requires transitive java.sql;
  requires org.slf4j;

  exports io.github.smsqueue;
  exports io.github.smsqueue.gateway;
  exports io.github.smsqueue.guard;
  exports io.github.smsqueue.spi;
}
