package dev.parley.load.compare;

/** Where the server and the generator run: each has one for itself. */
public record Processors(int server, int generator) {}
