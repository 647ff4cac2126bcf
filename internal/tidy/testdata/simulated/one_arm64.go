package simulated // want "build"
