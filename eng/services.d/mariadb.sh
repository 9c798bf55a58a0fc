# shellcheck shell=bash
# Sourced by eng/services: MariaDB's programs. No server is started here: the tests of other providers' connections start their own.

mariadb_installed() {
    [[ -x /usr/sbin/mariadbd ]] && command -v mariadb-install-db >/dev/null && command -v my_print_defaults >/dev/null
}

mariadb_install() {
    ensure_installed MariaDB mariadb_installed mariadb-server-core mariadb-client-core
}
