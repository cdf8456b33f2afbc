"""Phrases by which a filter asks a message's sender to do something before the message is delivered, in many languages."""

from bouncer.ndr.phrases import split_phrases

CHALLENGES = split_phrases(
    """
    answer one question | answer a question | answer this question | answer a short question | to be let through | typed the
    characters | press this link | press the link | this link once | this link only once | press the button | this button once |
    that you are human | that you are no robot | my list of known senders | i do not know you | i don't know you | do not know you
    yet | allowed senders | add you to this list | once verified | you have written | guest list | safe sender | whitelist you |
    trusted senders | show that you are a | sender to confirm | que j'ai approuvé | remplir ce | remplir le formulaire | me
    parvienne | fill out the | approve you | once i approve | confirm that you sent | confirm your message | to complete this
    verification | verify that you are a | prove that you are a | challenge/response | challenge-response | click the link below to
    confirm | held until you | verify your e-mail | verify your email | requires verification | has not been verified | confirm
    that you are a | one-time verification | confirmation of your message | reply to this message to confirm | please confirm your
    e-mail | to release your message | awaits your confirmation | not approved yet | captcha | only need to do this once | do it
    only once | do this only once | verify your address | jednorazow | confirm that you wrote | confirm you wrote | confirm you
    sent | confirm that you are the | waiting for the confirmation | waiting for your confirmation | waiting for confirmation |
    unknown senders to confirm | new senders to confirm | approved senders | senders i have approved | sender not approved | follow
    the instructions | just this once | have to do this again | your first message to me | add you to my list | prove you are human
    | to be delivered, please | allow your messages | confirmar o envio | confirmação de mensagem | confirmar el env | confirme que
    | digite os caracteres | tira-teima | para que sua mensagem | para que su mensaje | confirmez que | confirmer que vous |
    authentifier | authentifiez | bestätigen sie | als absender bestätigen | einmalig bestätigen | einmalig als | erst zugestellt,
    wenn | um zugestellt zu werden | bestaetigen sie | confirmez votre | pour que votre message | confirme su | per recapitare |
    per consegnare | confermi | bevestig | bestätigung ihrer nachricht | confermare | подтвердите | подтвердить отправку | click
    once | senders i do not know | senders i don't know | verify your message | verify your identity | requires authorization |
    requires authorisation | authorize your message | authorise your message | authorize yourself | authorise yourself | type the
    digits | type the characters | type the letters | was written by a person | to have it delivered | prove you are no robot |
    dass sie ein mensch | sie bestätigen, dass | que vous êtes humain | que vous êtes un humain | que vous êtes une personne | que
    vous n'êtes pas un robot | que es humano | que es una persona | que no es un robot | que você é humano | que você não é um robô
    | é uma pessoa | essere umano | di essere una persona | di non essere un robot | que eres humano | dat u een mens | dat je een
    mens | geen robot bent | att du är en människa | at du er et menneske | że jesteś człowiekiem | że nie jesteś robotem | że jest
    pan człowiekiem | že jste člověk | что вы человек | что вы не робот | що ви людина | insan olduğunuz | robot olmad |
    人間であること | ロボットではない | 确认您是真人 | 不是机器人 | 사람임을 확인 | type the number | type the word | enter the
    characters | enter the word | see in the picture | recopiez le code | recopier le code | add yourself to my | caractères de
    l'image | caracteres de la imagen | caracteres da imagem | caratteri dell'immagine | zeichen aus dem bild | zeichen im bild
    """
)
"""Phrases that ask a message's sender to do something before the message is delivered."""
