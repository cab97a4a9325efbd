export const legal = {
  privacyTitle: 'Privacy',
  privacyLead: 'What is stored, where, and for how long.',
  roomTitle: 'The room',
  roomText:
    'Its name and settings, the names of the people in it, and their messages and reactions are in the server’s memory until the room’s time is up. Then they are deleted. A restart of the server deletes them too. The host can extend the time.',
  passwordTitle: 'The password',
  passwordText: 'Only a salted argon2id hash of it, in memory, until the room’s time is up.',
  addressTitle: 'Your network address',
  addressText:
    'Counted in memory for up to 15 minutes, so that nobody can flood the server or guess rooms and passwords. If you create a room, your address is kept with it until it ends, to limit how many rooms one address can have open.',
  browserTitle: 'Your browser',
  browserText:
    'The name you used last, your settings, and a ticket to each room you are in, so that a reload keeps your seat. The ticket goes when you leave, when the room ends, or when it runs out. What you have written and not sent is kept in its tab until it is sent or the tab is closed. Files of the app itself are kept so that it opens fast. Sent and received messages are not kept.',
  logsTitle: 'Log files',
  logsText:
    'Whoever runs this server may keep technical logs: time, network address, address of the page, errors. They never contain messages, passwords or keys. How long they are kept is up to whoever runs it.',
  othersTitle: 'Other people',
  othersText: 'Everyone in a room can copy or save what they see there. The server can’t prevent that.',
  thirdTitle: 'Third parties',
  thirdText: 'None. No analytics, no advertising, no fonts or scripts from elsewhere, and no cookies.',
  wireTitle: 'On the way',
  wireText:
    'With HTTPS, everything is encrypted between your browser and the server. The server can read messages while the room lasts, unless the room was created with end-to-end encryption: then only people with its whole link can read and hear what is said, and the server sees who is there, when, and how much. The key of such a room is in its link and in the history of your browser, and is not sent to the server.',
  termsTitle: 'Terms',
  termsLead: 'The short and the whole of it.',
  useTitle: 'Use it lawfully and kindly',
  useText:
    'You are responsible for what you say and send. Don’t use a room to harm, threaten or deceive people, and don’t try to overload the server or get into rooms you were not invited to.',
  endTitle: 'Rooms end',
  endText:
    'When a room’s time is up, it can’t be brought back, by you or by anyone else. Save what you want to keep before that.',
  hostTitle: 'The host decides',
  hostText: 'The host can remove people, lock the room and delete messages. Whoever runs this server can end any room.',
  warrantyTitle: 'No warranty',
  warrantyText:
    'Parley is open source under the Apache License 2.0 and comes as it is, without warranty. Don’t rely on it for emergencies.',
  operatorTitle: 'Who is responsible',
  operatorText:
    'Whoever runs this server answers for it. Parley’s authors don’t run it and can’t see what happens here.',
} as const
