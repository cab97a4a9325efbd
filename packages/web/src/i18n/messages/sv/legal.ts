import type { Translation } from '../../message-shape.ts'
import type { legal as english } from '../en/legal.ts'

export const legal = {
  privacyTitle: 'Integritet',
  privacyLead: 'Vad som sparas, var och hur länge.',
  roomTitle: 'Rummet',
  roomText:
    'Rummets namn och inställningar, deltagarnas namn och deras meddelanden och reaktioner finns i serverns minne tills rummets tid är ute. Då raderas de. Även en omstart av servern raderar dem. Värden kan förlänga tiden.',
  passwordTitle: 'Lösenordet',
  passwordText: 'Bara en saltad argon2id-hash av det, i minnet, tills rummets tid är ute.',
  addressTitle: 'Din nätverksadress',
  addressText:
    'Räknas i minnet i upp till 15 minuter, så att ingen kan överbelasta servern eller gissa sig till rum och lösenord. Om du skapar ett rum sparas din adress med det tills det tar slut, för att begränsa hur många rum en adress kan ha öppna.',
  browserTitle: 'Din webbläsare',
  browserText:
    'Namnet du använde senast, dina inställningar och en biljett till varje rum du är i, så att du behåller din plats om sidan laddas om. Biljetten försvinner när du lämnar rummet, när rummet tar slut eller när biljetten går ut. Det du har skrivit men inte skickat sparas i sin flik tills det är skickat eller fliken stängs. Appens egna filer sparas så att den öppnas snabbt. Skickade och mottagna meddelanden sparas inte.',
  logsTitle: 'Loggfiler',
  logsText:
    'Den som driver servern kan föra tekniska loggar: tid, nätverksadress, sidans adress, fel. De innehåller aldrig meddelanden, lösenord eller nycklar. Hur länge de sparas bestämmer den som driver servern.',
  othersTitle: 'Andra människor',
  othersText: 'Alla i ett rum kan kopiera eller spara det de ser där. Det kan servern inte hindra.',
  thirdTitle: 'Tredje part',
  thirdText: 'Ingen. Ingen analys, ingen reklam, inga typsnitt eller skript från annat håll, och inga kakor.',
  wireTitle: 'På vägen',
  wireText:
    'Med HTTPS är allt krypterat mellan din webbläsare och servern. Servern kan läsa meddelandena så länge rummet finns, om rummet inte skapades med totalsträckskryptering: då kan bara de som har hela länken läsa och höra vad som sägs, och servern ser vilka som är där, när och hur mycket. Nyckeln till ett sådant rum finns i länken och i din webbläsares historik, och skickas inte till servern.',
  termsTitle: 'Villkor',
  termsLead: 'Kort, och det är allt.',
  useTitle: 'Använd det lagligt och vänligt',
  useText:
    'Du ansvarar för det du säger och skickar. Använd inte ett rum för att skada, hota eller lura människor, och försök inte överbelasta servern eller ta dig in i rum som du inte är inbjuden till.',
  endTitle: 'Rum tar slut',
  endText:
    'När ett rums tid är ute kan det inte återställas, varken av dig eller av någon annan. Spara det du vill behålla innan dess.',
  hostTitle: 'Värden bestämmer',
  hostText:
    'Värden kan ta bort personer, låsa rummet och radera meddelanden. Den som driver servern kan avsluta vilket rum som helst.',
  warrantyTitle: 'Ingen garanti',
  warrantyText:
    'Parley är öppen källkod under Apache License 2.0 och tillhandahålls i befintligt skick, utan garanti. Lita inte på det i nödsituationer.',
  operatorTitle: 'Vem som ansvarar',
  operatorText:
    'Den som driver servern ansvarar för den. Parleys upphovspersoner driver den inte och kan inte se vad som händer här.',
} as const satisfies Translation<typeof english, 'sv'>
