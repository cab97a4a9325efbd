export const USAGE = `Usage: parley-bot <link> [command] [options]

Joins a Parley room without a browser. The link is the one that people open,
such as https://talk.example.org/r/k7fp-2m9x-qd4w.

Commands:
  monitor              who speaks, how loud, and how well each is heard: a live table
                       (what it does without a command)
  play <file.ogg>      plays an Ogg Opus file, as it was encoded
  record <folder>      records each person into an Ogg Opus file of their own
  say <text>           writes a message
  listen               prints what is written

Options:
  --name <name>        what the bot is called in the room (default Bot)
  --password <word>    of the room, when it has one
  --seconds <n>        ends after so long; otherwise Ctrl+C does, or the file's end
  --json               monitor, listen: one JSON object a line
  --report <file>      monitor: writes what was seen as an HTML page at the end
  --loop               play: begins again at the end of the file
  --help, --version

Exit codes: 0 done, 1 something failed, 2 the command line is wrong, 3 the room did
not let the bot in or removed it, 4 the server does not answer, 5 there is no voice,
6 a file can't be read or written.
`
