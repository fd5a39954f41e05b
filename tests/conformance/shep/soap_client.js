// The npm package `soap` as a client of a WSDL, with the transport signature by `xml-crypto`; neither was written here.
// Reads calls at one address as JSON from stdin, makes them in turn, prints what came back of each as JSON.
'use strict'
const { randomUUID } = require('node:crypto')
const soap = require('soap')
const { SignedXml } = require('xml-crypto')
const { DOMParser } = require('@xmldom/xmldom')
const xpath = require('xpath')

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
const SECEXT = `${OASIS}-wssecurity-secext-1.0.xsd`
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const BODY = "//*[local-name()='Body' and namespace-uri()='http://schemas.xmlsoap.org/soap/envelope/']"

class BodySignature {
  constructor (key, certificate) {
    this.key = key
    this.certificate = certificate
  }

  postProcess (unsigned, soapPrefix) {
    const header = `</${soapPrefix}:Header>`
    const security = `<wsse:Security xmlns:wsse="${SECEXT}" ${soapPrefix}:mustUnderstand="1"></wsse:Security>`
    const xml = unsigned.replace(header, security + header)
    const signed = new SignedXml({ privateKey: this.key, idMode: 'wssecurity' })
    signed.signatureAlgorithm = RSA_SHA256
    signed.canonicalizationAlgorithm = EXCLUSIVE
    signed.addReference({ xpath: BODY, transforms: [EXCLUSIVE], digestAlgorithm: SHA256 })
    signed.getKeyInfoContent = () =>
      `<wsse:SecurityTokenReference xmlns:wsse="${SECEXT}">` +
      `<wsse:KeyIdentifier EncodingType="${OASIS}-soap-message-security-1.0#Base64Binary"` +
      ` ValueType="${OASIS}-x509-token-profile-1.0#X509v3">${this.certificate}</wsse:KeyIdentifier>` +
      '</wsse:SecurityTokenReference>'
    signed.computeSignature(xml, {
      prefix: 'ds',
      attrs: { Id: `SIG-${randomUUID()}` },
      location: { reference: "//*[local-name()='Security']", action: 'append' }
    })
    return signed.getSignedXml()
  }
}

function signedByGateway (xml, gateway) {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const signature = xpath.select1("//*[local-name()='Security']/*[local-name()='Signature']", document)
  if (!signature) return false
  const verifier = new SignedXml({ publicCert: gateway, idMode: 'wssecurity' })
  verifier.getCertFromKeyInfo = () => null
  verifier.loadSignature(signature)
  return verifier.checkSignature(xml) && verifier.getSignedReferences().length === 1
}

async function made (client, call, gateway) {
  const said = {}
  try {
    const [result] = await client[`${call.operation}Async`](call.arguments, { timeout: 20000 })
    said.result = result
  } catch (error) {
    if (!error.root) throw error
    said.fault = error.root.Envelope.Body.Fault
  }
  said.signed = signedByGateway(client.lastResponse, gateway)
  said.sent = client.lastRequest
  return said
}

async function main () {
  let text = ''
  for await (const piece of process.stdin) text += piece
  const work = JSON.parse(text)
  const client = await soap.createClientAsync(work.wsdl, { strict: true, ignoredNamespaces: { namespaces: [], override: true } })
  if (work.endpoint) client.setEndpoint(work.endpoint)
  client.setSecurity(new BodySignature(work.key, work.certificate))
  const said = []
  for (const call of work.calls) said.push(await made(client, call, work.gateway))
  process.stdout.write(JSON.stringify(said))
}

main().catch(error => {
  process.stderr.write(String(error.stack || error))
  process.exit(1)
})
