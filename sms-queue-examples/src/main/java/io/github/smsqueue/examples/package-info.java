/** Runnable examples: one class with a {@code main} per recipe, and the web page of the first. */
@NullMarked
package io.github.smsqueue.examples;

import org.jspecify.annotations.NullMarked;
