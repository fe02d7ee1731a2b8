/** What the repository has for running servers under systemd, in containers and on Kubernetes: it agrees with the server and with itself. */
@NullMarked
package io.holdfast.tests.deployment;

import org.jspecify.annotations.NullMarked;
