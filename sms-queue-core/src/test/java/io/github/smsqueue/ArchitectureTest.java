// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
  private static final JavaClasses CORE = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("io.github.smsqueue");

  @Test
  void jacksonIsKnownInOnePlaceOfTheQueueAndInTheHttpGateway() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.github.smsqueue.gateway")
        .and(not(TaskCodec.class))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml..")
        .check(CORE);
  }

  @Test
  void libphonenumberIsKnownInOnePlace() {
    noClasses()
        .that(not(LibPhoneNumbers.class))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google..")
        .check(CORE);
  }

  @Test
  void whatAnIntegratorImplementsKnowsNoImplementation() {
    noClasses()
        .that()
        .resideInAPackage("io.github.smsqueue.spi")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.smsqueue.gateway")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleNameStartingWith("Memory")
        .check(CORE);
  }

  @Test
  void namesSayWhatAClassDoes() {
    noClasses()
        .should()
        .haveNameMatching(".*(Impl|Util|Utils|Helper|Manager|Base)")
        .check(CORE);
  }

  @Test
  void everyPackageSaysThatNothingIsNull() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
        .check(CORE);
  }

  private static DescribedPredicate<JavaClass> not(Class<?> type) {
    return DescribedPredicate.describe(
        "are not " + type.getSimpleName(), c -> !c.getName().startsWith(type.getName()));
  }
}
