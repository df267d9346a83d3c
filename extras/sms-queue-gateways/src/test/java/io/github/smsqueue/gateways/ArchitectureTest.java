// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
  private static final JavaClasses GATEWAYS = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("io.github.smsqueue.gateways");

  @Test
  void jacksonIsKnownInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Json.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml..")
        .check(GATEWAYS);
  }

  @Test
  void noProviderKnowsAnother() {
    slices()
        .matching("io.github.smsqueue.gateways.(*)..")
        .should()
        .notDependOnEachOther()
        .check(GATEWAYS);
  }

  @Test
  void onlyTheJdkTheCoreAndJacksonAreKnown() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "javax.crypto..", "io.github.smsqueue..", "com.fasterxml..", "org.jspecify..")
        .check(GATEWAYS);
  }
}
