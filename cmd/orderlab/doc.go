// Command orderlab finds out whether a messaging design keeps its order, and
// what that costs.
//
//	orderlab run kafka/expand          compare the strategies of a scenario
//	orderlab compare before after      say what changed, and how sure that is
//	orderlab replay kafka/expand ...   see what happened in one run
//	orderlab check history.jsonl       judge a recorded history
//
// There is one file for each verb. A verb turns its flags into a call of the
// packages below and the outcome into bytes and an exit code; all that it decides
// itself is which of them to use.
//
//	flags, environment --> scenarios.Load --> explore.Sweep --> reports --> stdout
//	                          |                  |                 |
//	                          v                  v                 '-----> -o DIR
//	                       exit 65         progress: stderr
//
// Exit codes and the files of -o are described in docs/results.md.
package main
