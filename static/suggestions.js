/* Suggestions under a field while the person types: filled in below. */
"use strict";
