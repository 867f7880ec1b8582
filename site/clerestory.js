// From site/client
class Apis{#a=new Set();constructor(client){const{pathname}=new URL(client||"x:");if(pathname.endsWith("/assets/clerestory.js"))this.add("..",client);}
add(address,base){const api=spelling(address,base);if(api)this.#a.add(api);return!!api;}
find(named,base){const[only,another]=this.#a;const api=named===null?!another&&only:spelling(named,base);return this.#a.has(api)&&api;}
}
function spelling(address,base){try{const{href,origin,pathname}=new URL(address,base);if(/^https?:/.test(href)&&href===origin+pathname)return href.replace(/\/?$/,"/");}catch{}
}
function canonical(value){return JSON.stringify(value,(_,each)=>{if(!each||typeof each!=="object"||Array.isArray(each))return each;return Object.fromEntries(Object.keys(each).sort().map((name)=>[name,each[name]]));});}
class Alarm{#b;#c=null;#d;#e;#f;set(seconds,ring){this.#c=ring;this.#d=seconds*1000;this.#e=performance.now();this.#f=Date.now();this.check();}
clear(){clearTimeout(this.#b);this.#c=null;}
check(){clearTimeout(this.#b);if(!this.#c)return;const passed=Math.max(performance.now()-this.#e,Date.now()-this.#f);if(passed<this.#d){this.#b=setTimeout(()=>this.check(),Math.min(this.#d-passed,30_000));}else if(!document.hidden){const ring=this.#c;this.clear();ring();}
}
}
const PASSING=new Set([408,425,429,500,502,503,504]);const DEAD_LINK=new Set(["invalid-token","token-expired","token-not-yet-valid"]);const problem=(code,title,detail,status=0)=>({code,title,detail,status});const SIGNED_OUT=problem("no-session","Sign in to see this dashboard","Your session has ended.",401);const NO_PROVIDER=problem("no-get-session","This page doesn't say who is signed in","It must set getSession.");const NO_DASHBOARD=problem("no-dashboard","This page doesn't say which dashboard","It must set dashboard.");const UNKNOWN_API=problem("unknown-api","This page doesn't name the API","It must call configure.");const UNFORESEEN=problem("failed","The dashboard can't be shown","");const INVALID_ENV=problem("invalid-env","This page's filters can't be read","Its env is not a JSON object.");const SESSION_FAILED=problem("session-failed","Your session can't be renewed","",503);const UNREACHABLE=problem("unreachable","The dashboard can't be reached","The connection was lost.",503);const UNANSWERED=problem("no-answer","The dashboard didn't load","It is away, or not for this site.",503);const RENEWED=problem("","This dashboard is being renewed","A new link is on its way.");class Refusal extends Error{constructor(cause,after=0){super(cause.title);this.problem=cause;this.after=after;}
}
async function mint(host,ended){const{url,body,getSession}=host.request();const signal=AbortSignal.any([ended,AbortSignal.timeout(30_000)]);const late=new Promise((_,reject)=>signal.addEventListener("abort",reject));for(const expired of[false,true]){const given=Promise.resolve({expired}).then(getSession);const headers=await Promise.race([late,given]).then(signedIn).catch(refuse(SESSION_FAILED));if(!headers)break;const answer=await post(url,{headers,body,signal});if(answer.status!==401)return read(answer);}
throw new Refusal(SIGNED_OUT);}
const refuse=(cause)=>()=>{throw new Refusal(cause);};const signedIn=(session)=>
session&&new Headers({Authorization:`Bearer ${session}`,"Content-Type":"application/json"});async function post(url,request){const whole={method:"POST",credentials:"omit",redirect:"error",...request};const response=await fetch(url,whole).catch(refuse(UNREACHABLE));const{status,ok,headers}=response;const found=await response.json().catch(()=>null);return{status,ok,found,after:Number(headers.get("Retry-After"))||0};}
function read({status,ok,after,found}){if(ok&&/^https?:/.test(found?.url)&&found.refresh_in>0)return found;const unforeseen=problem(`http-${status}`,"The dashboard can't be shown",`The answer was ${status}.`,status);throw new Refusal(found?.code?{...found,status}:unforeseen,after);}
class Life{#g;#h;#i=new Alarm();#j=new AbortController();#k=null;#l="first";#m=0;#n=0;constructor(host,view){this.#g=host;this.#h=view;view.open({ready:()=>this.#o(),trouble:(cause,passes)=>this.#p(cause,passes)});const until={signal:this.#j.signal};const wake=()=>this.#i.check();const online=()=>(this.#m&&!this.#n?this.#q():wake());document.addEventListener("visibilitychange",wake,until);window.addEventListener("pageshow",wake,until);window.addEventListener("online",online,until);window.addEventListener("message",(event)=>view.hear(event),until);}
end(){this.#j.abort();this.#k?.abort();this.#i.clear();this.#h.close();}
start(reason){this.#r();this.#l=reason;this.#q();}
expect(missing){this.#r();this.#h.busy(true);this.#i.set(10,()=>this.#s(missing));}
#r(){this.#m=0;this.#k?.abort();this.#k=null;}
async #q(){if(this.#k)return;const{signal}=(this.#k=new AbortController());this.#t();let failure;const minted=await mint(this.#g,signal).catch((caught)=>void(failure=caught));if(signal.aborted)return;this.#k=null;if(minted)this.#u(minted);else this.#s(failure.problem??UNFORESEEN,failure.after);}
#t(){this.#i.clear();if(this.#l==="refresh"&&this.#h.isReady)return;this.#h.busy(!this.#m);this.#v("loading",{reason:this.#l});}
#u(minted){this.#w(minted.refresh_in);const swaps=this.#g.show(minted);if(this.#l==="refresh")this.#v("refresh",{swaps});if(!swaps)this.#o();}
#w(seconds){this.#i.set(seconds,()=>(this.#h.isWaiting?this.#w(seconds):this.start("refresh")));}
#o(){if(this.#k)return;this.#m=0;this.#h.calm();this.#v("ready",{title:this.#g.minted.title});}
#p(cause,passes){if(passes)this.#v("error",{...cause,retries:true});else if(!this.#k)this.#s(cause);}
#s(cause,after=0){const retries=DEAD_LINK.has(cause.code)?this.#m<8:PASSING.has(cause.status);this.#i.clear();this.#n=after;if(retries){const pause=Math.min(60,2**this.#m)*(0.5+Math.random()/2);this.#m+=1;this.#i.set(after+pause,()=>this.#q());}
this.#h.fail(cause,retries,this.#l==="refresh",()=>this.start("retry"));this.#v("error",{...cause,retries});}
#v(name,detail){const{dashboard}=this.#g;const options={bubbles:true,composed:true,detail:{dashboard,...detail}};this.#g.dispatchEvent(new CustomEvent(`clerestory:${name}`,options));}
}
const SANDBOX="allow-scripts allow-same-origin allow-downloads allow-popups allow-popups-to-escape-sandbox";function makeFrame(url,{title,fragment},lazy){const{origin}=new URL(url);const loading=lazy?"lazy":"eager";const named={className:"next",part:"frame",title,inert:true,referrerPolicy:"no-referrer",loading};const iframe=Object.assign(document.createElement("iframe"),named);if(origin!==location.origin)iframe.setAttribute("sandbox",SANDBOX);iframe.src=fragment?`${url}#${fragment}`:url;return{iframe,url,origin,fragment,state:"new",height:0,fitted:0};}
function lookLike(frame,{title,fragment}){frame.iframe.title=title;if(frame.fragment===fragment)return;frame.fragment=fragment;frame.iframe.contentWindow?.location.replace(`${frame.url}#${fragment}`);}
function fit(frame,wanted){if(!Number.isFinite(wanted))return;const height=Math.ceil(Math.min(20_000,Math.max(80,wanted)));const fitted=performance.now();const width=frame.iframe.clientWidth;const echo=height>frame.height&&fitted-frame.fitted<500&&width===frame.width;Object.assign(frame,{width,fitted,echoes:echo?frame.echoes+1:0});if(frame.echoes>20)return;frame.height=height;frame.iframe.style.height=`${height}px`;}
const STYLE=`
:host { display: block; }
:host([hidden]), [hidden] { display: none !important; }
.stage { position: relative; overflow: clip; min-height: var(--clerestory-min-height, 20rem); }
iframe { display: block; width: 100%; min-height: inherit; border: 0; }
.next, .old, .progress { position: absolute; inset: 0 0 auto; pointer-events: none; }
.next { opacity: 0; }
.old, .progress { z-index: 1; }
.status { position: absolute; inset: 0; display: grid; place-content: center; }
.progress { height: 2px; background: var(--clerestory-accent, #4f6ef2); animation: pulse 1s infinite alternate; }
@keyframes pulse { to { opacity: 0.2; } }
.panel { margin: 1rem; padding: 1rem; border: 1px solid; border-radius: 12px; color: CanvasText; background: Canvas; }
button { font: inherit; padding: 0.5rem 1rem; }
`;let sheet;function styleSheet(){if(!sheet){sheet=new CSSStyleSheet();sheet.replaceSync(STYLE);}
return sheet;}
const make=(name,properties,...children)=>{const element=Object.assign(document.createElement(name),properties);element.append(...children);return element;};const part=(name,properties,...children)=>make("div",{className:name,part:name,...properties},...children);class View{#x;#y;#z=null;#A=null;#B=new Set();#C=part("stage");#D=part("status",{role:"status"},make("slot",{name:"loading"},"Loading"));#E=part("progress");#F=part("panel",{role:"alert",hidden:true});constructor(root){this.#x=root;root.adoptedStyleSheets=[styleSheet()];this.#C.append(this.#D,this.#E,this.#F);root.append(this.#C);this.#G(true);}
open(heard){this.#y=heard;}
close(){for(const timer of this.#B)clearTimeout(timer);this.#B.clear();this.#H();this.busy(true);}
get isReady(){return this.#z?.state==="ready";}
get isWaiting(){return!!this.#A;}
busy(anew){if(anew)this.#F.hidden=true;this.#G(true);}
calm(){this.#F.hidden=true;this.#G(false);}
show(url,look){const same=[this.#z,this.#A].find((frame)=>frame?.url===url&&frame.state!=="error");if(same!==this.#A){this.#A?.iframe.remove();this.#A=null;}
if(!same)this.#I(makeFrame(url,look,!this.#z));return same?.state!=="ready";}
look(look){for(const frame of[this.#z,this.#A])if(frame)lookLike(frame,look);}
fail(cause,retries,quiet,retry){this.#A?.iframe.remove();this.#A=null;const keeps=retries&&this.#z&&this.#z.state!=="error";if(!keeps)this.#H();this.#G(false);if(keeps&&quiet)return;const{title,detail,errors}=DEAD_LINK.has(cause.code)?RENEWED:cause;const told=[detail,retries&&"It tries again."].filter(Boolean);const wrong=Array.isArray(errors)?errors.map((each)=>`${each?.variable}: ${each?.detail}`):[];this.#F.replaceChildren(
make("strong",{},String(title)),...told.map((text)=>make("p",{},String(text))),make("ul",{hidden:!wrong.length},...wrong.map((text)=>make("li",{},text))),make("button",{type:"button",part:"retry",onclick:retry},"Try again"),);this.#F.hidden=false;this.#G(false);}
hear({source,origin,data}){const frame=[this.#z,this.#A].find((each)=>each?.iframe.contentWindow===source);if(!frame||frame.origin!==origin||data?.source!=="clerestory")return;const{type,height,problem}=data;if(type==="height")fit(frame,height);else if(type==="error")this.#J(frame,Object(problem));else if(type==="loading"||type==="ready")this.#K(frame,type==="ready");}
#K(frame,ready){const reveals=ready||!this.isReady;frame.state=ready?"ready":"loading";if(frame===this.#A&&reveals)this.#L(frame);if(ready&&!this.#A)this.#y.ready();}
#J(frame,cause){const passes=PASSING.has(cause.status);frame.state=passes?"loading":"error";if(passes&&frame===this.#A&&!this.isReady)this.#L(frame);this.#y.trouble(cause,passes);}
#I(frame){this.#A=frame;if(this.#z)frame.iframe.style.height=this.#z.iframe.style.height;frame.iframe.onload=()=>this.#n(5_000,()=>this.#M(frame));const slow=()=>frame===this.#A&&frame.state==="loading"&&this.#L(frame);this.#n(10_000,slow);this.#C.append(frame.iframe);}
#M(frame){if(frame.state!=="new"||frame.height||!frame.iframe.isConnected)return;if(document.hidden)this.#n(5_000,()=>this.#M(frame));else this.#y.trouble(UNANSWERED,false);}
#L(frame){const old=this.#z;const focused=old&&this.#x.activeElement===old.iframe;Object.assign(frame.iframe,{className:"",inert:false});if(old){Object.assign(old.iframe,{className:"old",inert:true});this.#n(100,()=>old.iframe.remove());}
this.#z=frame;this.#A=null;if(focused)frame.iframe.focus({preventScroll:true});this.calm();}
#G(busy){this.#C.ariaBusy=String(busy);this.#E.hidden=!(busy&&this.#z);this.#D.hidden=!!this.#z||!this.#F.hidden;}
#H(){for(const iframe of this.#C.querySelectorAll("iframe"))iframe.remove();this.#z=this.#A=null;}
#n(ms,act){const timer=setTimeout(()=>{this.#B.delete(timer);act();},ms);this.#B.add(timer);}
}
const NAME="clerestory-dashboard";const REQUESTED=["api","dashboard","lifetime"];const LOOK=["theme","titled","bordered"];const PROPERTIES=[...REQUESTED,...LOOK,"env","getSession"];const apis=new Apis(import.meta.url);let sharedSession=null;const connected=new Set();function configure({api}){if(!apis.add(api))throw new TypeError("api must be an http or https address");lookAgain();}
function provideSession(getSession){sharedSession=getSession;lookAgain();}
function lookAgain(){for(const element of connected)element.getSession=element.getSession;}
class ClerestoryDashboard extends(globalThis.HTMLElement??Object){static observedAttributes=[...PROPERTIES,"title"];#h;#N;#O;#P=null;#u=null;#Q;#R;get minted(){return this.#u;}
get env(){return this.#O??readEnv(this.getAttribute("env"));}
set env(value){this.#O=JSON.parse(canonical(value??{}));this.#S();}
get getSession(){return this.#P;}
set getSession(value){this.#P=value;this.#S();}
refresh(){if(this.#Q)this.#N?.start("refresh");}
request(){const{dashboard,lifetime,env}=this;const api=this.#T;if(!api)throw new Refusal(UNKNOWN_API);if(!env)throw new Refusal(INVALID_ENV);const body={dashboard};if(Object.keys(env).length)body.env=env;if(lifetime)body.lifetime=Number(lifetime);const getSession=this.#P??sharedSession??(()=>{});return{url:`${api}embeds`,body:JSON.stringify(body),getSession};}
show(minted){this.#u=minted;return this.#h.show(minted.url,this.#U());}
connectedCallback(){for(const name of PROPERTIES.filter((each)=>Object.hasOwn(this,each))){const value=this[name];delete this[name];this[name]=value;}
this.#h??=new View(this.attachShadow({mode:"open"}));this.#N=new Life(this,this.#h);connected.add(this);this.#S();}
disconnectedCallback(){this.#N.end();this.#N=this.#Q=this.#u=null;connected.delete(this);}
attributeChangedCallback(name,before,after){if(before===after)return;if(name==="env")this.#O=null;if(name==="title"||LOOK.includes(name))this.#h?.look(this.#U());else this.#S();}
#S(){if(!this.#N||this.#R)return;this.#R=true;queueMicrotask(()=>{this.#R=false;if(this.#N)this.#V();});}
get #T(){return apis.find(this.api,this.baseURI);}
#V(){const missing=this.dashboard?!(this.#P??sharedSession)&&NO_PROVIDER:NO_DASHBOARD;if(missing){this.#Q=null;return this.#N.expect(missing);}
const wanted=canonical([this.#T,this.dashboard,this.lifetime,this.env]);if(wanted===this.#Q)return;const reason=this.#Q?"env":"first";this.#Q=wanted;this.#N.start(reason);}
#U(){const look=LOOK.filter((name)=>this.hasAttribute(name)).map((name)=>[name,this[name]||"true"]);return{title:this.title||String(this.#u?.title),fragment:String(new URLSearchParams(look))};}
static{for(const name of[...REQUESTED,...LOOK]){Object.defineProperty(this.prototype,name,{get(){return this.getAttribute(name);},set(value){if((value??null)===null)this.removeAttribute(name);else this.setAttribute(name,value);},});}
}
}
function readEnv(text){try{const env=JSON.parse(text??"{}");return env&&typeof env==="object"&&!Array.isArray(env)?env:null;}catch{return null;}
}
if(globalThis.customElements&&!customElements.get(NAME))customElements.define(NAME,ClerestoryDashboard);function mountDashboard(container,options){const element=Object.assign(document.createElement(NAME),options);container.append(element);return{element,update(env){element.env=env;},refresh:()=>element.refresh(),destroy:()=>element.remove(),};}
export{configure,provideSession,ClerestoryDashboard,mountDashboard};