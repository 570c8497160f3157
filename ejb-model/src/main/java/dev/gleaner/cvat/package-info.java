/**
 * CVAT: the functions that its server calls, the agent that takes its annotation requests, its tasks as datasets, boxes that go there and decisions
 * that come back.
 */
package dev.gleaner.cvat;
