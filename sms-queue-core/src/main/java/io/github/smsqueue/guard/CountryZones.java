// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The time zones of countries by calling code (ITU-T E.164 country codes; zones of the IANA time zone
 * database). Zones of one country that never differ stand for each other. Thread-safe.
 */
final class CountryZones {
  private static final int LONGEST_CODE = 4;

  // A zone for each time that is kept in the country today. +1 is one numbering plan of many
  // countries; its mobile numbers do not tell where they are, but for the Pacific islands.
  private static final Map<String, Set<ZoneId>> ZONES = parsed("""
      1 Pacific/Honolulu America/Adak America/Anchorage America/Los_Angeles America/Phoenix \
      America/Denver America/Regina America/Chicago America/Panama America/New_York America/Puerto_Rico \
      America/Halifax America/St_Johns
      1670 Pacific/Saipan
      1671 Pacific/Guam
      1684 Pacific/Pago_Pago
      20 Africa/Cairo
      212 Africa/Casablanca
      213 Africa/Algiers
      216 Africa/Tunis
      218 Africa/Tripoli
      221 Africa/Dakar
      225 Africa/Abidjan
      233 Africa/Accra
      234 Africa/Lagos
      237 Africa/Douala
      250 Africa/Kigali
      251 Africa/Addis_Ababa
      254 Africa/Nairobi
      255 Africa/Dar_es_Salaam
      256 Africa/Kampala
      260 Africa/Lusaka
      263 Africa/Harare
      27 Africa/Johannesburg
      30 Europe/Athens
      31 Europe/Amsterdam
      32 Europe/Brussels
      33 Europe/Paris
      34 Europe/Madrid Atlantic/Canary
      351 Europe/Lisbon Atlantic/Azores
      352 Europe/Luxembourg
      353 Europe/Dublin
      354 Atlantic/Reykjavik
      355 Europe/Tirane
      356 Europe/Malta
      357 Asia/Nicosia
      358 Europe/Helsinki
      359 Europe/Sofia
      36 Europe/Budapest
      370 Europe/Vilnius
      371 Europe/Riga
      372 Europe/Tallinn
      373 Europe/Chisinau
      374 Asia/Yerevan
      375 Europe/Minsk
      376 Europe/Andorra
      377 Europe/Monaco
      380 Europe/Kiev
      381 Europe/Belgrade
      382 Europe/Podgorica
      385 Europe/Zagreb
      386 Europe/Ljubljana
      387 Europe/Sarajevo
      389 Europe/Skopje
      39 Europe/Rome
      40 Europe/Bucharest
      41 Europe/Zurich
      420 Europe/Prague
      421 Europe/Bratislava
      423 Europe/Vaduz
      43 Europe/Vienna
      44 Europe/London
      45 Europe/Copenhagen
      46 Europe/Stockholm
      47 Europe/Oslo
      48 Europe/Warsaw
      49 Europe/Berlin
      502 America/Guatemala
      503 America/El_Salvador
      504 America/Tegucigalpa
      505 America/Managua
      506 America/Costa_Rica
      507 America/Panama
      51 America/Lima
      52 America/Tijuana America/Hermosillo America/Ciudad_Juarez America/Mexico_City \
      America/Matamoros America/Cancun
      54 America/Argentina/Buenos_Aires
      55 America/Rio_Branco America/Manaus America/Sao_Paulo America/Noronha
      56 Pacific/Easter America/Punta_Arenas America/Santiago
      57 America/Bogota
      58 America/Caracas
      591 America/La_Paz
      593 America/Guayaquil Pacific/Galapagos
      595 America/Asuncion
      598 America/Montevideo
      60 Asia/Kuala_Lumpur
      61 Australia/Perth Australia/Eucla Australia/Darwin Australia/Brisbane Australia/Adelaide \
      Australia/Sydney Australia/Lord_Howe Indian/Christmas Indian/Cocos
      62 Asia/Jakarta Asia/Makassar Asia/Jayapura
      63 Asia/Manila
      64 Pacific/Auckland Pacific/Chatham
      65 Asia/Singapore
      66 Asia/Bangkok
      673 Asia/Brunei
      7 Europe/Kaliningrad Europe/Moscow Europe/Samara Asia/Yekaterinburg Asia/Omsk \
      Asia/Krasnoyarsk Asia/Irkutsk Asia/Yakutsk Asia/Vladivostok Asia/Magadan Asia/Kamchatka
      76 Asia/Almaty Asia/Aqtau
      77 Asia/Almaty Asia/Aqtau
      81 Asia/Tokyo
      82 Asia/Seoul
      84 Asia/Ho_Chi_Minh
      852 Asia/Hong_Kong
      853 Asia/Macau
      855 Asia/Phnom_Penh
      856 Asia/Vientiane
      86 Asia/Shanghai
      880 Asia/Dhaka
      886 Asia/Taipei
      90 Europe/Istanbul
      91 Asia/Kolkata
      92 Asia/Karachi
      93 Asia/Kabul
      94 Asia/Colombo
      95 Asia/Yangon
      960 Indian/Maldives
      961 Asia/Beirut
      962 Asia/Amman
      964 Asia/Baghdad
      965 Asia/Kuwait
      966 Asia/Riyadh
      968 Asia/Muscat
      971 Asia/Dubai
      972 Asia/Jerusalem
      973 Asia/Bahrain
      974 Asia/Qatar
      975 Asia/Thimphu
      976 Asia/Ulaanbaatar Asia/Hovd
      977 Asia/Kathmandu
      992 Asia/Dushanbe
      994 Asia/Baku
      995 Asia/Tbilisi
      996 Asia/Bishkek
      998 Asia/Tashkent
      """);

  private CountryZones() {}

  private static Map<String, Set<ZoneId>> parsed(String table) {
    Map<String, Set<ZoneId>> zones = new HashMap<>();
    Set<String> known = ZoneId.getAvailableZoneIds();
    table.lines().forEach(line -> {
      String[] fields = line.split(" +", -1);
      Set<ZoneId> there = new LinkedHashSet<>();
      for (int i = 1; i < fields.length; i++) {
        // The runtime's data may be older than a zone; the time was another's then.
        if (known.contains(fields[i])) {
          there.add(ZoneId.of(fields[i]));
        }
      }
      if (!there.isEmpty()) {
        zones.put(fields[0], Set.copyOf(there));
      }
    });
    return Map.copyOf(zones);
  }

  /** The zones of the country of an E.164 number; empty when the country is not in the table. */
  static Optional<Set<ZoneId>> of(String number) {
    for (int length = Math.min(LONGEST_CODE, number.length() - 1); length > 0; length--) {
      Set<ZoneId> zones = ZONES.get(number.substring(1, 1 + length));
      if (zones != null) {
        return Optional.of(zones);
      }
    }
    return Optional.empty();
  }
}
