/** What the shape of the code and of the repository has to be. */
@NullMarked
package io.holdfast.tests.architecture;

import org.jspecify.annotations.NullMarked;
