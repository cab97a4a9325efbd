/** What is fetched together once somebody is in voice. */
export { CallDock } from './call-dock.tsx'
export { CallNotices } from './call-notices.tsx'
export { CallStage } from './call-stage.tsx'
export { PersonVoice } from './person-voice.tsx'
export { joinVoice } from './use-join-voice.ts'
